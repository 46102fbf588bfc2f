"""What decisions cost: matrices, files of them, costs of the case, the shares of the classes."""
