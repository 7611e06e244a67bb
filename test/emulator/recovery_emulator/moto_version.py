"""The patches of this package reach into moto's internals, so they hold for one minor version only."""

SUPPORTED = "5.2."
INSTALL_HINT = "install it with: pip install 'moto[server]==5.2.1'"


def require_supported_moto() -> str | None:
    """Returns what is wrong with the installed moto, or None when it can be used."""
    try:
        import moto
    except ImportError:
        return f"recovery_emulator needs moto 5.2.x, which is not installed; {INSTALL_HINT}"
    if not moto.__version__.startswith(SUPPORTED):
        return f"recovery_emulator works with moto 5.2.x only, found {moto.__version__}; {INSTALL_HINT}"
    return None
