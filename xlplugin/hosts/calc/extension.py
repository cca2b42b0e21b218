"""Add or remove an extension through a running LibreOffice. Runs on the Python that has ``uno``.

    python extension.py SOFFICE PROFILE_URL add FILE.oxt NAME
    python extension.py SOFFICE PROFILE_URL remove IDENTIFIER NAME

For root, whom ``unopkg`` refuses. Prints nothing where all is well.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time

import uno
import unohelper
from com.sun.star.connection import NoConnectException
from com.sun.star.task import XInteractionHandler
from com.sun.star.ucb import XCommandEnvironment

START_SECONDS = 60


class Approval(unohelper.Base, XInteractionHandler):
    """Says yes where the extension manager asks, as ``unopkg --force`` does."""

    def handle(self, request):
        approve = uno.getTypeByName("com.sun.star.task.XInteractionApprove")
        for choice in request.getContinuations():
            approval = choice.queryInterface(approve)
            if approval:
                approval.select()
                return


class Environment(unohelper.Base, XCommandEnvironment):
    """The surroundings that the extension manager asks for: approval, and no progress shown."""

    def getInteractionHandler(self):
        return Approval()

    def getProgressHandler(self):
        return None


def start(soffice, profile):
    """Start an office without a window and return its process and its context."""
    pipe = f"xlplugin{os.getpid()}"
    options = ["--headless", "--norestore", "--nologo", "--nodefault"]
    accept = f"--accept=pipe,name={pipe};urp"
    office = subprocess.Popen(
        [soffice, f"-env:UserInstallation={profile}", *options, accept],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            return office, resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > until or office.poll() is not None:
                stop(office, None)
                raise
            time.sleep(0.1)


def stop(office, context):
    """End the office, by force where it does not go."""
    with contextlib.suppress(Exception):  # the connection goes down with the office
        context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context).terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        office.wait(30)
    if office.poll() is None:
        os.killpg(office.pid, signal.SIGKILL)


def change(context, verb, what, name):
    """Add the file ``what``, or remove the extension with the identifier ``what``."""
    manager = context.getValueByName("/singletons/com.sun.star.deployment.ExtensionManager")
    if verb == "add":
        manager.addExtension(uno.systemPathToFileUrl(what), (), "user", None, Environment())
    else:
        manager.removeExtension(what, name, "user", None, Environment())


def main(soffice, profile, verb, what, name):
    office, context = start(soffice, profile)
    try:
        change(context, verb, what, name)
    finally:
        stop(office, context)


main(*sys.argv[1:])
