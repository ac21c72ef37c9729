"""Training recipe of Pinna's neural HRTF field: direction and listener latent -> both ears' spectra and interaural delay."""
