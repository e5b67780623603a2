"""Adapters of a frozen network under imbalance: debLoRA and LIFT's recipe beside a linear probe."""
