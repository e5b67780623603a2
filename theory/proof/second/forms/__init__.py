"""Normal forms of the second opinion: quotients of polynomials in atoms, and how atoms fall apart."""
