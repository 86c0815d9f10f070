import BinaryReading
import KernelProfiles
import KernelSymbols
import Synchronization

/// Gives a kernel the symbols that the user's paths have, and remembers what became of every place.
///
/// What `--symbols` names comes before the built-in symbols; what the variables name is searched for kernels that are not built in. Only
/// servers that stand in `--symbols` are asked.
final class SymbolProvision: KernelSymbolProvider {
    private let choice: SymbolChoice
    private let transfer: any SymbolTransfer
    private let loading: SymbolLoading
    private let search = Mutex<[SymbolSearchStep]>([])
    private let refusal = Mutex<String?>(nil)

    init(_ choice: SymbolChoice, transfer: any SymbolTransfer, loading: SymbolLoading) {
        self.loading = loading
        self.choice = choice
        self.transfer = transfer
    }

    /// What became of the places that were searched, in order.
    var steps: [SymbolSearchStep] { search.withLock { $0 } }

    /// What was searched, a sentence each.
    var account: [String] {
        steps.map { "Searched for it: \($0.text) (\($0.location.origin))." }
            + (refusal.withLock { $0 }.map { [$0] } ?? [])
    }

    func profile(of identity: PDBIdentity, build: Int, isBuiltIn: Bool) -> KernelProfile? {
        let order = isBuiltIn ? choice.optionOrder : choice.order
        guard !order.locations.isEmpty else { return nil }
        let request: SymbolFileRequest
        do throws(SymbolFileRequest.UnsafeName) { request = try SymbolFileRequest(identity) } catch {
            refusal.withLock {
                $0 = "The dump names its symbols \(error.name), which is not looked for: \(error.reason)."
            }
            return nil
        }
        var profile: KernelProfile?
        let files = SymbolSearch(order, transfer: transfer) { $0.origin == SymbolChoice.option }
        let result = notingInterrupts {
            files.find(request) { file in
                switch read(file, identity, build: build) {
                case .success(let read):
                    profile = read
                    return nil
                case .failure(let objection): return objection.text
                }
            }
        }
        search.withLock { $0 += result.steps }
        return profile
    }

    private struct Objection: Error {
        let text: String
    }

    /// A Volatility symbol file was found by its name alone, so what it says of itself is compared.
    private func read(_ file: FoundSymbolFile, _ identity: PDBIdentity, build: Int) -> Result<KernelProfile, Objection>
    {
        do throws(SymbolLoadingError) {
            let profile = try loading.profile(at: file.path, build: build)
            guard let theirs = profile.identity else { return .success(profile) }
            let isWanted = theirs.guid == identity.guid && theirs.age == identity.age
            return isWanted ? .success(profile) : .failure(Objection(text: "holds the symbols of \(theirs)"))
        } catch {
            return .failure(Objection(text: Failure(error).summary))
        }
    }
}
