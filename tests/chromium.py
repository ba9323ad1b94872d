"""Debian's Chromium, as every browser test starts it."""

from __future__ import annotations

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The first screenful is one tile, and not twenty that are drawn and put together one by one.
    "--default-tile-width=1400",
    "--default-tile-height=1000",
    # A window preloads pages of the browser's own for its address bar, which nobody sees: a third of what it costs to
    # open one. Chromium heeds the last such list only, so Playwright's own is in it.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,OmniboxAimPopup,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,"
    "LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,"
    "OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch,"
    "SpareRendererForSitePerProcess",  # a process kept ready for the next window, which is mostly not opened
)
CHROMIUM = "/usr/bin/chromium"
