"""Recipes of Pinna's built-in HRTF field and of its personal model: any direction and listener -> both ears' spectra and interaural delay."""
