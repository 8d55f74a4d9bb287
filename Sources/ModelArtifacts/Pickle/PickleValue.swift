/// A value of a pickle, sixteen bytes whatever it is: texts and bytes stay where they are in the file, containers and
/// records are places in `PickleDocument.objects`, so that deep nesting costs no recursion, not even when it is freed.
enum PickleValue {
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    /// UTF-8, not yet checked.
    case text(PickleBytes)
    case bytes(PickleBytes)
    case global(PickleClass)
    case object(UInt32)
}

/// A stretch of the file, inside it by construction.
struct PickleBytes {
    let start: UInt32
    let count: UInt32

    var range: Range<Int> { Int(start) ..< Int(start) + Int(count) }
}

/// What a value can refer to. Several values may refer to one object, also from inside itself.
struct PickleObject {
    enum Kind: Equatable {
        case list, tuple
        /// Keys and values in turn.
        case dictionary
        /// What Python would make by calling the class with the first element and handing it the second, if there is one:
        /// here a record, nothing is called.
        case record(PickleClass)
    }

    let kind: Kind
    var elements: [PickleValue]
}

/// A pickle's values.
struct PickleDocument {
    /// What to call the file in errors.
    let path: String
    let bytes: [UInt8]
    let objects: [PickleObject]
    let root: PickleValue
}

/// The classes and functions that a pickle may name. Anything else is refused where it is named.
enum PickleClass: String, CaseIterable {
    case isolationForest = "sklearn.ensemble._iforest.IsolationForest"
    case extraTreeRegressor = "sklearn.tree._classes.ExtraTreeRegressor"
    case tree = "sklearn.tree._tree.Tree"
    case array = "numpy.ndarray"
    case dataType = "numpy.dtype"
    case reconstruct = "numpy._core.multiarray._reconstruct"
    case scalar = "numpy._core.multiarray.scalar"
    case fromBuffer = "numpy._core.numeric._frombuffer"
    /// How protocol 2 writes bytes.
    case encodeText = "_codecs.encode"
    /// The state of a random generator that a forest was fitted with; it is read over.
    case randomState = "numpy.random._pickle.__randomstate_ctor"
    case bitGenerator = "numpy.random._pickle.__bit_generator_ctor"
    case mersenneTwister = "numpy.random._mt19937.MT19937"

    /// How NumPy 1 calls what NumPy 2 calls `numpy._core`.
    private static let module = (old: "numpy.core.", new: "numpy._core.")

    /// The class with a full name, under NumPy's old or new name.
    init?(fullName: String) {
        let (old, new) = Self.module
        self.init(rawValue: fullName.hasPrefix(old) ? new + fullName.dropFirst(old.count) : fullName)
    }

    /// The name that every NumPy knows: NumPy 2 keeps the old names of what array pickles need, NumPy 1 lacks the new ones.
    var writtenName: String {
        let (old, new) = Self.module
        return rawValue.hasPrefix(new) ? old + rawValue.dropFirst(new.count) : rawValue
    }
}
