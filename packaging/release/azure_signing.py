"""Getting ready to sign for Windows with Azure Artifact Signing, whose keys never leave Azure.

`release.authenticode` finds what is set here; who signs is told by AZURE_TENANT_ID, AZURE_CLIENT_ID
and AZURE_CLIENT_SECRET, which only Azure's own library reads.
"""

import json
import os
import subprocess

from release.build_tools import CACHE, export

# Where the account is, what it is called, and which of its certificates is meant.
VARIABLES = ("AZURE_SIGNING_ENDPOINT", "AZURE_SIGNING_ACCOUNT", "AZURE_SIGNING_PROFILE")
_PACKAGE, _VERSION = "Microsoft.Trusted.Signing.Client", "1.0.95"
_TIME_SERVER = "http://timestamp.acs.microsoft.com"


def prepare_signing() -> bool:
    """Fetch Azure's library and say how to use it; False where no account is named."""
    endpoint, account, profile = (os.environ.get(name, "") for name in VARIABLES)
    if not (endpoint and account and profile):
        return False
    folder = CACHE / "signing"
    place = ["-OutputDirectory", str(folder), "-NonInteractive"]
    subprocess.run(["nuget", "install", _PACKAGE, "-Version", _VERSION, *place], check=True)
    names = {"CodeSigningAccountName": account, "CertificateProfileName": profile}
    metadata = folder / "metadata.json"
    metadata.write_text(json.dumps({"Endpoint": endpoint, **names}), encoding="utf-8")
    library = folder / f"{_PACKAGE}.{_VERSION}" / "bin" / "x64" / "Azure.CodeSigning.Dlib.dll"
    export("CIERZO_SIGN_DLIB", library)
    export("CIERZO_SIGN_METADATA", metadata)
    export("CIERZO_SIGN_TIMESTAMP", _TIME_SERVER)
    return True
