"""Writes the small HDF5 files that the HDF5 tests read: every element type, layout, chunk index, filter, kind of group and
kind of attribute, once as h5py writes by default and once with libver="latest"; and one file for each refusal.

Every data set of numbers holds, at linear place i, (7 i) mod 23 - 11, without the -11 in unsigned types: all types hold
these exactly. Where that is not so, the data set's name begins with "other_".

Usage: python hdf5_fixtures.py OUTPUT_FOLDER LATEST_NAME      (h5py, numpy, ml_dtypes)
LATEST_NAME is the file for libver="latest", whose format depends on the version of the HDF5 library.
"""
import ctypes
import sys
from pathlib import Path

import h5py
import ml_dtypes
import numpy as np


def values(shape, kind="<f4"):
    count = int(np.prod(shape))
    unsigned = np.dtype(kind).kind == "u"
    return ((7 * np.arange(count)) % 23 - (0 if unsigned else 11)).reshape(shape).astype(kind)


def types(group):
    for order in "<>":
        for kind in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"):
            group[("little_" if order == "<" else "big_") + kind] = values((3, 9), order + kind)
    # As Keras stores it, and as a float type of HDF5's own.
    group["keras_bfloat16"] = values((3, 9)).astype(ml_dtypes.bfloat16)
    group["keras_bfloat16"].attrs["dtype"] = "bfloat16"
    kind = h5py.h5t.IEEE_F16LE.copy()
    kind.set_fields(15, 7, 8, 0, 7)
    kind.set_ebias(127)
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_obj_track_times(False)
    made = h5py.h5d.create(group.id, b"bfloat16", kind, h5py.h5s.create_simple((3, 9)), creation)
    made.write(h5py.h5s.ALL, h5py.h5s.ALL, values((3, 9)).astype(ml_dtypes.bfloat16).view(np.uint16), mtype=kind)
    group["other_bool"] = np.array([True, False, True])


def low_level(group, name, shape, change, chunks=None, maxshape=None, kind="<f4", write=True):
    """A data set with creation properties that h5py's own interface does not offer."""
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_obj_track_times(False)
    if chunks:
        creation.set_chunk(chunks)
    change(creation)
    space = h5py.h5s.create_simple(shape, maxshape or shape)
    made = h5py.h5d.create(group.id, name.encode(), h5py.h5t.py_create(np.dtype(kind)), space, creation)
    if write:
        made.write(h5py.h5s.ALL, h5py.h5s.ALL, values(shape, kind))
    return h5py.Dataset(made)


def leave_edges_unfiltered(creation):
    """H5Pset_chunk_opts, which h5py does not offer: called in the library that h5py has loaded."""
    with open("/proc/self/maps") as maps:
        library = next(line.split()[-1] for line in maps if "libhdf5-" in line or "libhdf5.so" in line)
    creation.set_deflate(4)
    status = ctypes.CDLL(library).H5Pset_chunk_opts(ctypes.c_int64(creation.id), ctypes.c_uint(2))
    assert status >= 0


def layouts(group, is_latest):
    group["scalar"] = np.float32(-11)
    group["empty"] = np.zeros((0, 3), "<f4")
    low_level(group, "compact", (2, 5), lambda c: c.set_layout(h5py.h5d.COMPACT))
    low_level(group, "contiguous", (2, 5), lambda c: c.set_layout(h5py.h5d.CONTIGUOUS))
    group.create_dataset("one_axis", data=values((10,)), chunks=(4,))
    group.create_dataset("two_axes", data=values((5, 7)), chunks=(2, 3))
    group.create_dataset("three_axes", data=values((3, 4, 5)), chunks=(2, 3, 2))
    group.create_dataset("single_chunk", data=values((4, 3)), chunks=(4, 3))
    low_level(group, "larger_chunk", (3, 3), lambda c: None, (8, 3), (h5py.h5s.UNLIMITED, 3))
    group.create_dataset("limited", data=values((5, 4)), chunks=(2, 2), maxshape=(9, 7))
    group.create_dataset("grows_first", data=values((400, 2)), chunks=(1, 2), maxshape=(None, 2))
    group.create_dataset("grows_last", data=values((3, 40)), chunks=(2, 3), maxshape=(5, None))
    group.create_dataset("grows_both", data=values((20, 10)), chunks=(1, 1), maxshape=(None, None))
    # Above 1024 the newer format cuts its index into pages.
    group.create_dataset("many_chunks", data=values((1030,)) if is_latest else values((70,)), chunks=(1,))
    low_level(group, "early", (5, 4), lambda c: c.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY), (2, 2), (7, 9))
    missing = group.create_dataset("other_missing", (4, 6), "<f4", chunks=(2, 3))
    missing[:2, :3] = 1
    missing = group.create_dataset("other_fill", (4, 6), ">f8", chunks=(2, 3), fillvalue=2.5)
    missing[:2, :3] = 1
    group.create_dataset("unwritten_whole", (3,), "<f4")
    group.create_dataset("unwritten_chunks", (4, 4), "<f4", chunks=(2, 2))
    low_level(group, "edges", (5, 7), leave_edges_unfiltered, (2, 3))


def filters(group):
    shape, chunks = (20, 30), (8, 16)
    for kind in ("<f2", ">f4", "<f8", "<i4"):
        group.create_dataset(
            f"all_{kind[1:]}", data=values(shape, kind), chunks=chunks, compression="gzip", shuffle=True, fletcher32=True)
    group.create_dataset("gzip", data=values(shape), chunks=chunks, compression="gzip", compression_opts=9)
    group.create_dataset("gzip_single", data=values(shape), chunks=shape, compression="gzip")
    group.create_dataset("gzip_grows", data=values(shape), chunks=chunks, compression="gzip", maxshape=(None, 30))
    group.create_dataset("gzip_grows_both", data=values(shape), chunks=chunks, compression="gzip", maxshape=(None, None))
    group.create_dataset("shuffle", data=values(shape), chunks=chunks, shuffle=True)
    group.create_dataset("fletcher32", data=values(shape), chunks=chunks, fletcher32=True)
    group.create_dataset("fletcher32_odd", data=values((7, 3), "<i1"), chunks=(3, 3), fletcher32=True)

    def unusual(creation):
        creation.set_fletcher32()
        creation.set_deflate(6)
        creation.set_shuffle()

    low_level(group, "unusual_order", shape, unusual, chunks)

    # A chunk for which the filter was left out, as it is when a filter is optional and fails.
    skipped = group.create_dataset("skipped", shape, "<f4", chunks=(20, 15), compression="gzip")
    skipped[:, 15:] = values(shape)[:, 15:]
    skipped.id.write_direct_chunk((0, 0), np.ascontiguousarray(values(shape)[:, :15]).tobytes(), filter_mask=1)


def fixed_string(padding, length, text):
    kind = h5py.h5t.C_S1.copy()
    kind.set_size(length)
    kind.set_strpad(padding)
    return kind, np.array(text, f"S{length}")


def attributes(group):
    for place, (name, padding, text) in enumerate([
        ("null_terminated", h5py.h5t.STR_NULLTERM, b"ends\0here"), ("null_padded", h5py.h5t.STR_NULLPAD, b"padded"),
        ("space_padded", h5py.h5t.STR_SPACEPAD, b"spaces   "),
    ]):
        kind, data = fixed_string(padding, 9, text)
        made = h5py.h5a.create(group.id, name.encode(), kind, h5py.h5s.create(h5py.h5s.SCALAR))
        made.write(data, mtype=kind)
    group.attrs["text"] = "Gewicht für ∑"
    group.attrs["bytes"] = b"plain"
    group.attrs["no_text"] = ""
    group.attrs["names"] = np.array([b"dense", b"lstm_1", b""])
    group.attrs["variable_names"] = np.array(["dense", "größer", ""], dtype=h5py.string_dtype())
    group.attrs["table"] = np.array([[b"a", b"b"], [b"c", b"d"]])
    group.attrs["no_names"] = np.array([], "S3")
    group.attrs["no_numbers"] = []
    group.attrs["null"] = h5py.Empty("f4")
    group.attrs["flag"] = True
    group.attrs["count"] = 42
    group.attrs["rate"] = np.float32(0.125)
    group.attrs["big"] = np.array([-1, 2, 300], ">i2")
    group.attrs["long"] = "".join(f"{i:05d}," for i in range(1000))
    group.attrs["pair"] = np.array((1, 2), [("a", "i4"), ("b", "i4")])


def groups(group, is_latest):
    group.create_group("a/b/c/d")["deep"] = values((2,))
    group.create_group("empty")
    many = group.create_group("many")
    for i in range(60 if is_latest else 20):
        # The longer the names, the more rows the heap of the newer format gets.
        many.create_group(f"{i:02d}_{'member of a large group ' * 3}")
    wide = group.create_group("wide")
    for i in range(200 if is_latest else 20):
        wide.attrs[f"attribute {i:03d} with a name of some length"] = float(i)
    wide["dense_attributes"] = values((2,))
    wide["dense_attributes"].attrs.update({f"a{i}": str(i) for i in range(12)})


def everything(path, **options):
    with h5py.File(path, "w", **options) as f:
        f.attrs["root"] = "attribute of the root"
        types(f.create_group("types"))
        layouts(f.create_group("layouts"), "libver" in options)
        filters(f.create_group("filters"))
        attributes(f.create_group("attributes"))
        groups(f.create_group("groups"), "libver" in options)
        text = f.create_group("text")
        text["other_variable"] = ["a", "bc"]
        text["other_fixed"] = np.array([b"a", b"bc"])


def small(path, **options):
    """One of each structure, for fuzz tests."""
    with h5py.File(path, "w", **options) as f:
        f.attrs["text"] = "text"
        f.attrs["names"] = np.array([b"a", b"bc"])
        grid, chunks = values((4, 6)), (2, 3)
        f["whole"] = grid
        f.create_dataset("limited", data=grid, chunks=chunks, compression="gzip", shuffle=True, fletcher32=True)
        f.create_dataset("grows", data=values((30,)), chunks=(1,), maxshape=(None,))
        f.create_dataset("grows_both", data=grid, chunks=chunks, maxshape=(None, None), compression="gzip")
        f.create_dataset("single", data=grid, chunks=(4, 6), compression="gzip")
        low_level(f, "early", (4, 6), lambda c: c.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY), chunks)
        many = f.create_group("many")
        for i in range(20):
            many.attrs[f"{i}"] = i
            if i < 10:
                many.create_group(f"{i}")


def dense_zeros(path):
    """What compresses nearly as well as anything can: 4 MiB in 5 KiB."""
    with h5py.File(path, "w") as f:
        f.create_dataset("zeros", data=np.zeros(2**20, "<f4"), chunks=(2**20,), compression="gzip", compression_opts=9)


def refused(folder):
    def file(name, **options):
        return h5py.File(folder / f"refused_{name}.h5", "w", **options)

    with file("lzf") as f:
        f.create_dataset("a", data=values((40, 40)), chunks=(20, 20), compression="lzf")
    with file("soft_link") as f:
        f["a"] = values((3,))
        f["b"] = h5py.SoftLink("/a")
    with file("external_link", libver="latest") as f:
        f["b"] = h5py.ExternalLink("/etc/hostname", "/a")
    with file("hard_link") as f:
        f["a"] = values((3,))
        f["b"] = f["a"]
    with file("virtual", libver="latest") as f:
        layout = h5py.VirtualLayout((3,), "<f4")
        layout[:] = h5py.VirtualSource("other.h5", "a", (3,))
        f.create_virtual_dataset("a", layout)
    with file("external_values") as f:
        f.create_dataset("a", (3,), "<f4", external=[("values.bin", 0, 12)])
    with file("compound") as f:
        f["a"] = np.zeros(3, [("x", "f4"), ("y", "i4")])
    with file("shared_type") as f:
        f["type"] = np.dtype("<f4")
        f.create_dataset("a", (3,), dtype=f["type"])
    with file("sparse") as f:
        f.create_dataset("a", (2**26,), "<f4", chunks=(64,))[:64] = values((64,))
    with file("opaque") as f:
        f["a"] = values((3,)).astype(ml_dtypes.bfloat16)
    with file("huge_attribute", libver="latest") as f:
        f.attrs.update({f"small{i}": i for i in range(9)})
        f.attrs["huge"] = np.array(b"x" * 5000)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    everything(folder / sys.argv[2], libver="latest")
    if sys.argv[2] == "latest.h5":
        everything(folder / "default.h5")
        small(folder / "small_default.h5")
        small(folder / "small_latest.h5", libver="latest")
        dense_zeros(folder / "dense_zeros.h5")
        refused(folder)
