"""Notebooks run from their text twins; ``python -m tests.notebook_runs`` stores what they print.

The committed notebooks are these runs, so that a reader on the web sees the answers, and the tests run
them again and compare.
"""

import re
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path(__file__).parent.parent / "notebooks"
TWINS = sorted(FOLDER.glob("*.py"))


def run(twin: Path) -> NotebookNode:
    """The notebook of a text twin with the outputs of a fresh run; an error in a cell is raised."""
    notebook = jupytext.read(twin)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", coalesce_streams=True)
    notebook = client.execute(cwd=str(FOLDER))
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times of this machine
    notebook.metadata.pop("language_info", None)
    return notebook


def printed(notebook: NotebookNode) -> list[list[str]]:
    """What each code cell prints or shows as text; of a figure only that there is one."""
    return [
        [_text(output) for output in cell.outputs]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def _text(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return output.text
    if "image/png" in output.get("data", {}):
        return "(a figure)"
    return re.sub(r" at 0x[0-9a-f]+", "", output.get("data", {}).get("text/plain", ""))


def main() -> None:
    """Run all notebooks and write them."""
    for twin in TWINS:
        nbformat.write(run(twin), twin.with_suffix(".ipynb"))
        print(f"wrote {twin.with_suffix('.ipynb').name}")


if __name__ == "__main__":
    main()
