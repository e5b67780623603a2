"""What finite worlds show of every method: which reach the rule of least balanced error."""
