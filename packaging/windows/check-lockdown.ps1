<#
  Looks at a Windows kiosk and prints one JSON object: { "points": [ { id, what, wanted, found, ok, mend, revert } ] }, the
  shape of `npm run lockdown -- --check` on Linux. Changes nothing. Run as administrator.
    powershell -NoProfile -ExecutionPolicy Bypass -File check-lockdown.ps1
#>
$ErrorActionPreference = 'Stop'
$wanted = Get-Content -Raw -Encoding UTF8 (Join-Path $PSScriptRoot 'lockdown.json') | ConvertFrom-Json
$points = [System.Collections.Generic.List[object]]::new()

function Add-Point($id, $what, $want, $found, $ok, $mend, $revert) {
  $points.Add([ordered]@{ id = $id; what = $what; wanted = "$want"; found = "$found"; ok = $ok; mend = $mend; revert = $revert })
}

foreach ($entry in $wanted.registry) {
  $item = Get-ItemProperty -Path $entry.key -Name $entry.name -ErrorAction SilentlyContinue
  $found = if ($null -eq $item) { 'absent' } else { $item.($entry.name) }
  Add-Point $entry.id $entry.what $entry.value $found ("$found" -eq "$($entry.value)") `
    "New-Item -Force '$($entry.key)' | Out-Null; Set-ItemProperty -Path '$($entry.key)' -Name $($entry.name) -Type $($entry.type) -Value $($entry.value)" `
    "Remove-ItemProperty -Path '$($entry.key)' -Name $($entry.name)"
}

foreach ($feature in $wanted.features) {
  $state = try { (Get-WindowsOptionalFeature -Online -FeatureName $feature).State } catch { 'unknown' }
  Add-Point "feature.$feature" "Windows feature $feature" 'Enabled' $state ("$state" -eq 'Enabled') `
    "Enable-WindowsOptionalFeature -Online -FeatureName $feature -All -NoRestart" `
    "Disable-WindowsOptionalFeature -Online -FeatureName $feature -NoRestart"
}

foreach ($key in $wanted.keyboardFilter) {
  $rule = try { Get-CimInstance -Namespace root/standardcimv2/embedded -ClassName WEKF_PredefinedKey -Filter "Id='$key'" } catch { $null }
  $blocked = $null -ne $rule -and $rule.Enabled
  Add-Point "key.$key" "the keys $key" 'blocked' $(if ($blocked) { 'blocked' } else { 'free' }) $blocked `
    "Get-CimInstance -Namespace root/standardcimv2/embedded -ClassName WEKF_PredefinedKey -Filter `"Id='$key'`" | Set-CimInstance -Property @{ Enabled = `$true }" `
    "Get-CimInstance -Namespace root/standardcimv2/embedded -ClassName WEKF_PredefinedKey -Filter `"Id='$key'`" | Set-CimInstance -Property @{ Enabled = `$false }"
}

$shell = try { (Get-CimInstance -Namespace root/cimv2/mdm/dmmap -ClassName MDM_AssignedAccess).ShellLauncher } catch { $null }
Add-Point 'shell-launcher' 'the kiosk is the shell of its account' 'road-transport-kiosk.exe' $(if ("$shell" -match 'road-transport-kiosk\.exe') { 'set' } else { 'not set' }) ("$shell" -match 'road-transport-kiosk\.exe') `
  'set MDM_AssignedAccess.ShellLauncher to the escaped text of shell-launcher.xml, as SYSTEM' 'clear MDM_AssignedAccess.ShellLauncher'

$admins = try { Get-LocalGroupMember -SID 'S-1-5-32-544' | ForEach-Object { $_.Name } } catch { @() }
$isAdmin = @($admins | Where-Object { $_ -match '\\kiosk$' }).Count -gt 0
Add-Point 'account' 'the account of the kiosk is no administrator' 'no' $(if ($isAdmin) { 'yes' } else { 'no' }) (-not $isAdmin) `
  'Remove-LocalGroupMember -SID S-1-5-32-544 -Member kiosk' ''

$volume = try { (Get-BitLockerVolume -MountPoint $env:SystemDrive).ProtectionStatus } catch { 'unknown' }
Add-Point 'disk-encryption' 'the disk is encrypted' 'On' $volume ("$volume" -eq 'On') 'Enable-BitLocker with a TPM protector' 'Disable-BitLocker'

$firewall = try { @(Get-NetFirewallProfile | Where-Object { -not $_.Enabled }).Count } catch { -1 }
Add-Point 'firewall' 'every profile of the firewall is on' '0 off' "$firewall off" ($firewall -eq 0) 'Set-NetFirewallProfile -All -Enabled True' ''

[ordered]@{ points = $points } | ConvertTo-Json -Depth 4 -Compress
