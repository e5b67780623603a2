"""What exact computations of the chapters share: duality in fractions, small worlds."""
