"""One run, or several compared: choice, training, dollars, the verdict, the folder."""
