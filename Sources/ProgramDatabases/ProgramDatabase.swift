/// A PDB file (MSF 7.00).
public struct ProgramDatabase: Sendable {}
