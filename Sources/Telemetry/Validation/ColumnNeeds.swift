/// Which columns the selected models need, and which models a file can train.
struct ColumnNeeds {
    /// Models named by the user; nil when every model that the file can train is meant.
    let named: Set<ModelKind>?
    /// In listing order.
    let trainable: [ModelKind]
    /// Columns that some selected model cannot do without, in the schema's order.
    let missing: [(model: ModelKind, columns: [String])]
    /// Columns whose defects reject a file: the identity, and what a selected and trainable model requires.
    private let needed: Set<String>

    init(schema: Schema, models: Set<ModelKind>?, header: [String]) {
        let present = Set(header)
        let selected = ModelKind.allCases.filter { models?.contains($0) ?? true }
        missing = selected.compactMap { model in
            let absent = schema.columnsRequired(by: model).filter { !present.contains($0) }
            return absent.isEmpty ? nil : (model, absent)
        }
        let untrainable = Set(missing.map(\.model))
        named = models
        trainable = selected.filter { !untrainable.contains($0) }
        let always = Schema.identityColumns + schema.columns.filter(\.required).map(\.name)
        needed = Set(always + (models == nil ? trainable : selected).flatMap(schema.columnsRequired))
    }

    /// How a defect of a column's cells weighs: no column that nobody needs rejects a file.
    func severity(of column: String) -> Finding.Severity { needed.contains(column) ? .error : .warning }
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
        let names = definition.features.filter(wanted).flatMap { FormulaReferences.find(in: $0.formula).map(\.column) }
        let all = Set(names + definition.requiredColumns)
        return columns.map(\.name).filter(all.contains)
    }
}
