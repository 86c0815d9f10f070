/// Files that put values into the registry of the machine to capture.
enum SettingsFiles {
    /// A `.reg` file. Lines end with CR LF; only ASCII, which regedit takes beside UTF-16.
    static func registryFile(_ values: [RegistryValue]) -> String {
        var lines = ["Windows Registry Editor Version 5.00", ""]
        lines += [
            "; Prepares a machine for a dump that shows leaked logon sessions. From: logonleak capture --settings",
            "; Plain ASCII text with CR LF, which regedit takes as well as UTF-16.",
            "; Use: reg import FILE, as administrator. Reboot once when all is set.",
            "; A machine that leaks already: capture first, set and reboot afterwards.",
            "; Before: note the present values (reg export); with logonleak capture --settings --script they are kept.",
            "; Afterwards: remove SeTokenLeakDiag and reboot.",
        ]
        var key: String?
        for value in values {
            if value.key != key {
                lines += ["", "[HKEY_LOCAL_MACHINE\\\(value.key)]"]
                key = value.key
            }
            lines.append("; \(value.purpose) Reboot: \(value.needsReboot ? "yes" : "no").")
            lines.append("\"\(value.name)\"=dword:\(digits(value.number))")
        }
        return text(lines + [""])
    }

    /// A PowerShell script that sets the values, keeps the earlier ones, and brings them back with `-Undo`.
    static func script(_ values: [RegistryValue]) -> String {
        let entries = values.flatMap { value in
            [
                "    # \(value.purpose) Reboot: \(value.needsReboot ? "yes" : "no").",
                "    @{ Path = 'HKLM:\\\(value.key)'",
                "       Name = '\(value.name)'; Value = \(value.number) }",
            ]
        }
        return text(scriptStart + entries + scriptEnd)
    }

    private static func text(_ lines: [String]) -> String { lines.map { $0 + "\r\n" }.joined() }

    private static func digits(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static let scriptStart = [
        "#Requires -RunAsAdministrator",
        "# Prepares a machine for a dump that shows leaked logon sessions. From: logonleak capture --settings --script",
        "# Without -Undo: sets the values and keeps the earlier ones in the file of -Saved. Reboot once afterwards.",
        "# With -Undo: brings the earlier values back; what was not there before is removed. Reboot once afterwards.",
        "# A machine that leaks already: capture first, set and reboot afterwards.",
        "param(",
        "    [switch] $Undo,",
        "    [string] $Saved = (Join-Path $env:ProgramData 'logonleak-settings.csv')",
        ")",
        "$ErrorActionPreference = 'Stop'",
        "$settings = @(",
    ]

    private static let scriptEnd = [
        ")",
        "",
        "if ($Undo) {",
        "    foreach ($entry in Import-Csv -LiteralPath $Saved) {",
        "        if ($entry.Existed -eq 'True') {",
        "            Set-ItemProperty -LiteralPath $entry.Path -Name $entry.Name -Type DWord -Value ([int] $entry.Value)",
        "        } elseif (Test-Path -LiteralPath $entry.Path) {",
        "            Remove-ItemProperty -LiteralPath $entry.Path -Name $entry.Name -ErrorAction SilentlyContinue",
        "        }",
        "    }",
        "    Remove-Item -LiteralPath $Saved",
        "    Write-Output 'Undone. Reboot for it to take effect.'",
        "    return",
        "}",
        "",
        "# The values of the first run are the ones to come back to.",
        "if (Test-Path -LiteralPath $Saved) { throw \"$Saved is there already: run with -Undo first.\" }",
        "$earlier = foreach ($setting in $settings) {",
        "    $key = Get-Item -LiteralPath $setting.Path -ErrorAction SilentlyContinue",
        "    $value = if ($key) { $key.GetValue($setting.Name) } else { $null }",
        "    [pscustomobject] @{",
        "        Path = $setting.Path; Name = $setting.Name; Existed = ($null -ne $value); Value = $value",
        "    }",
        "}",
        "$earlier | Export-Csv -LiteralPath $Saved -NoTypeInformation",
        "foreach ($setting in $settings) {",
        "    if (-not (Test-Path -LiteralPath $setting.Path)) { New-Item -Path $setting.Path -Force | Out-Null }",
        "    Set-ItemProperty -LiteralPath $setting.Path -Name $setting.Name -Type DWord -Value $setting.Value",
        "}",
        "Write-Output \"Set. The earlier values are in $Saved. Reboot for them to take effect.\"",
    ]
}
