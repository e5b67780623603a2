"""Arguments of the theory's numeric functions, right and wrong, that several chapters' calls share."""

NAN, INF = float("nan"), float("inf")

COUNTS, SHARES, LABELS = [100.0, 10.0, 1.0], [0.5, 0.3, 0.2], [0, 1, 2]
LOGITS = [[1.0, -1.0, 0.5], [0.2, 0.1, -0.4], [0.0, 2.0, 1.0]]
CIFAR10_LT_100 = (5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50)

# Values outside a domain.
NOT_REAL = (NAN, INF)
NOT_POSITIVE, NEGATIVE = (0.0, -1.0, *NOT_REAL), (-0.1, *NOT_REAL)
BELOW_ONE = (0.99, 0.0, -1.0, *NOT_REAL)
NO_SHARE = (-0.1, 1.1, *NOT_REAL)
