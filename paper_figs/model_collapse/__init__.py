"""Where models collapse as imbalance grows: foretold, measured, drawn, and told on a page."""
