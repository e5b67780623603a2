"""A valid call of every public function of the chapter, and what its arguments may not be."""

# All arguments broadcast against each other.
ELEMENTWISE = {
    "implicit_bias.two_point_bias": (1.0, 2.0, 3.0, 0.5),
}
OTHERS = {
    "cost_sensitive.cost_sensitive_vector": ([[2.0, 1.0], [-1.0, -2.0]], [1, -1], 2.0),
    "cost_sensitive.shifted_by_ratio": ([1.0, 2.0], 0.5, 2.0),
    "cost_sensitive.softmax_pair": ([1.0, 2.0], [1.0, 3.0]),
    "implicit_bias.weight_influence_bound": (10.0, [1.0, 2.0], 0.5),
}
