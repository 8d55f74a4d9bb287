import Expressions

/// Which columns the selected models need, and which models a file can train.
struct ColumnNeeds {
    /// Models named by the user; nil when every model that the file can train is meant.
    let named: Set<ModelKind>?
    /// In listing order.
    let trainable: [ModelKind]
    /// Selected models that the file cannot train, with the columns they cannot do without, in the schema's order; none where
    /// the file merely supplies no feature at all.
    let missing: [(model: ModelKind, columns: [String])]
    /// The identity, and what a selected and trainable model cannot do without.
    private let required: Set<String>
    /// Those, and what optional features of these models read.
    private let used: Set<String>

    init(schema: Schema, models: Set<ModelKind>?, header: [String]) {
        let present = Set(header)
        let selected = ModelKind.allCases.filter { models?.contains($0) ?? true }
        missing = selected.compactMap { kind in
            guard let definition = schema.models[kind] else { return nil }
            let selection = try? FeatureSelection(
                kind, definition: definition, schema: schema, availableColumns: present)
            return selection == nil ? (kind, schema.columnsRequired(by: kind).filter { !present.contains($0) }) : nil
        }
        let untrainable = Set(missing.map(\.model))
        named = models
        trainable = selected.filter { !untrainable.contains($0) }
        let always = Schema.identityColumns + schema.columns.filter(\.required).map(\.name)
        let judged = models == nil ? trainable : selected
        required = Set(always + judged.flatMap(schema.columnsRequired))
        used = Set(always + judged.flatMap(schema.columnsUsed))
    }

    /// How cells that their column cannot hold weigh: an error where a selected model would read them. No column that nobody
    /// uses rejects a file.
    func severity(ofDefectsIn column: String) -> Finding.Severity { used.contains(column) ? .error : .warning }

    /// How too many empty cells weigh: an error in a required column; optional features have a rule for missing values.
    func severity(ofGapsIn column: String) -> Finding.Severity { required.contains(column) ? .error : .warning }
}

extension Schema {
    /// The columns without which a model cannot be trained: those of its required features and its `requiredColumns`, in the
    /// schema's order.
    public func columnsRequired(by model: ModelKind) -> [String] { columnNames(of: model, where: \.required) }

    /// The columns that a model uses where a file has them: the required ones and those of optional features, in the
    /// schema's order. The columns of the truth it is judged by come on top.
    public func columnsUsed(by model: ModelKind) -> [String] { columnNames(of: model) { _ in true } }

    private func columnNames(of model: ModelKind, where wanted: (FeatureDefinition) -> Bool) -> [String] {
        guard let definition = models[model] else { return [] }
        let names = definition.features.filter(wanted).flatMap { (try? Formula(parsing: $0.formula))?.columns ?? [] }
        let all = Set(names + definition.requiredColumns)
        return columns.map(\.name).filter(all.contains)
    }
}
