"""Writes the small HDF5 files that HDF5Tests reads: every element type that is accepted, and one file for each refusal.
The .npy files beside them are for NumPyArrayTests.

Usage: python keras_hdf5.py OUTPUT_FOLDER      (h5py and numpy)
"""
import sys
from pathlib import Path

import h5py
import numpy as np


def main(folder: Path) -> None:
    with h5py.File(folder / "element_types.h5", "w") as f:
        values = [-2, -0.5, 0, 1 / 3]
        f["float/2"] = np.array(values + [65504], "<f2")
        f["float/4"] = np.array(values + [3e38], "<f4")
        f["float/8"] = np.array(values + [3e38], "<f8")
        for size in (1, 2, 4, 8):
            f[f"signed/{size}"] = np.array([-2, -1, 0, 1, 100], f"<i{size}")
            f[f"unsigned/{size}"] = np.array([0, 1, 2, 100, 200], f"<u{size}")
        f["empty"] = np.zeros((0, 3), "<f4")
    with h5py.File(folder / "refused_chunked.h5", "w") as f:
        f.create_dataset("a", data=np.zeros((4, 4), "<f4"), chunks=(2, 2))
    with h5py.File(folder / "refused_big_endian.h5", "w") as f:
        f["a"] = np.zeros(3, ">f4")
    with h5py.File(folder / "refused_text.h5", "w") as f:
        f["a"] = "text"
    with h5py.File(folder / "refused_soft_link.h5", "w") as f:
        f["a"] = np.zeros(3, "<f4")
        f["b"] = h5py.SoftLink("/a")
    with h5py.File(folder / "refused_newer.h5", "w", libver="latest") as f:
        f["a"] = np.zeros(3, "<f4")
    with h5py.File(folder / "refused_unwritten.h5", "w") as f:
        f.create_dataset("a", (3,), "<f4")
    np.save(folder / "float64.npy", np.array([[1, -0.5], [1 / 3, 1e30]]))
    arrays = {"first": np.arange(6, dtype="<f4").reshape(2, 3), "second": np.array([0.5, -1.5])}
    np.savez(folder / "stored.npz", **arrays)
    np.savez_compressed(folder / "deflated.npz", **arrays)
    np.save(folder / "refused_integers.npy", np.arange(4))
    np.save(folder / "refused_fortran.npy", np.asfortranarray(np.zeros((2, 3), "<f4")))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
