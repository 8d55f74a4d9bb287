"""Writes the small .npy and .npz files that NumPyArrayTests reads.

Usage: python numpy_arrays.py OUTPUT_FOLDER      (numpy)
"""
import sys
from pathlib import Path

import numpy as np


def main(folder: Path) -> None:
    np.save(folder / "float64.npy", np.array([[1, -0.5], [1 / 3, 1e30]]))
    arrays = {"first": np.arange(6, dtype="<f4").reshape(2, 3), "second": np.array([0.5, -1.5])}
    np.savez(folder / "stored.npz", **arrays)
    np.savez_compressed(folder / "deflated.npz", **arrays)
    np.save(folder / "refused_integers.npy", np.arange(4))
    np.save(folder / "refused_fortran.npy", np.asfortranarray(np.zeros((2, 3), "<f4")))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
