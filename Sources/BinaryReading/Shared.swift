/// A value that many hold and nobody changes: a copy of this costs one count, whatever the value's size.
package final class Shared<Value: Sendable>: Sendable {
    /// The value.
    package let value: Value

    /// Shares a value.
    package init(_ value: Value) { self.value = value }
}
