"""What can be wrong with the things that training is given."""

from box.errors import BoxError


class TrainingInputWrong(BoxError):
    """A program, folder or file that training needs is missing or damaged; the text says what to do."""

    code = "training"
