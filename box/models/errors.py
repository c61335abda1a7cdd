"""What can be wrong with a speech model that somebody wants to install, compare or make."""

from __future__ import annotations

from box.errors import BoxError


class ModelRefused(BoxError):
    """The model was not taken (damaged, unsafe, unverified, or it cannot hear what the dialogue needs); nothing has
    changed on the disk."""

    code = "model"


class ModelAway(ModelRefused):
    """The model could not be downloaded: try again later."""

    code = "model-away"
    retriable = True


class WrongUse(BoxError):
    """The user's own words are wrong: no such model, no such folder, an option that does not go with another."""

    code = "usage"


class TrainingAway(BoxError):
    """The training cannot run here; the text names what to install."""

    code = "training"
