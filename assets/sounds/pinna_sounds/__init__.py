"""Synthesis of the sounds of Pinna's demo scene: every sound is computed, none is recorded."""
