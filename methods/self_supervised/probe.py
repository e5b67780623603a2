"""A linear probe: what can be told of balanced images from features that were learnt without labels.

Source: the protocol of Jiang et al. (ICML 2021): features held fixed, a linear classifier trained on some
labelled images of each class, accuracy by groups of the classes that had many, a medium number of, and few
images in pre-training. They train it by gradient steps; here it is scikit-learn's logistic regression on
standardised features, which has one answer. Checked by: features that separate classes, and labels that no
feature tells.
"""

from typing import NamedTuple

import torch
from torch import nn

from ...theory.decision import group_accuracies
from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError
from ..data import Dataset, Split
from ..metrics import class_recall
from ..training.measure import predict

__all__ = ["Probed", "linear_probe"]


class Probed(NamedTuple):
    """Accuracy of a probe in [0, 1]: the mean over classes, and over each group's; nan without such a class.

    Examples
    --------
    >>> Probed(0.7, 0.8, 0.7, 0.6).few
    0.6
    """

    balanced_accuracy: float
    many: float
    medium: float
    few: float


def linear_probe(
    network: nn.Module, data: Dataset, shots: Split, class_counts: ArrayLike | None = None
) -> Probed:
    """Train a linear classifier on a network's features of some images, and test it on the test set.

    Parameters
    ----------
    network
        Such as ``encoder.network``: returns features in place of logits.
    data
        Whose test set is taken, and whose normalisation.
    shots
        Labelled images, as many of each class: those of pre-training need not be among them.
    class_counts
        By which classes are grouped, (K,), those of the data unless given.

    Raises
    ------
    InputError
        If the images are of one class only.

    Examples
    --------
    >>> from counterpoise.methods.data import load
    >>> from counterpoise.methods.models import SmallNet
    >>> from counterpoise.methods.self_supervised import Encoder
    >>> data = load("digits", validation=5)
    >>> probed = linear_probe(Encoder(SmallNet(10)).network, data, data.validation)
    >>> probed.balanced_accuracy > 0.3  # by features of random weights
    True
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if len(shots.labels.unique()) < 2:
        raise InputError("shots: must be of at least two classes")
    device = next(network.parameters(), shots.images).device
    seen, tested = (
        predict(network, images, prepare=lambda x: data.prepared(x.to(device)))
        .double()
        .cpu()
        .numpy()
        for images in (shots.images, data.test_images)
    )
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    classifier.fit(seen, shots.labels.cpu().numpy())
    counts = torch.as_tensor(data.class_counts if class_counts is None else class_counts)
    truth = data.test_labels.cpu().numpy()
    recall = class_recall(truth, classifier.predict(tested), labels=range(len(counts)))
    groups = group_accuracies(recall, counts.numpy())
    return Probed(float(recall.mean()), groups["many"], groups["medium"], groups["few"])
