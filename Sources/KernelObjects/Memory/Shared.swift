/// A value that many hold and nobody changes: a copy of this costs one count, whatever the value's size.
final class Shared<Value: Sendable>: Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
