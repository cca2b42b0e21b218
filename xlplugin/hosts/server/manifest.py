"""The manifest that Excel sideloads: where the functions and the task pane are."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

from xlplugin.hosts.server.project import MANIFEST_ID

__all__ = ["text", "write"]

TEMPLATE = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<OfficeApp xmlns="http://schemas.microsoft.com/office/appforoffice/1.1"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:bt="http://schemas.microsoft.com/office/officeappbasictypes/1.0"
  xsi:type="TaskPaneApp">
  <Id>{id}</Id>
  <Version>1.0.0.0</Version>
  <ProviderName>xlplugin</ProviderName>
  <DefaultLocale>en-US</DefaultLocale>
  <DisplayName DefaultValue="xlplugin">
    <Override Locale="de-DE" Value="xlplugin" />
  </DisplayName>
  <Description DefaultValue="What cheaper AI models do to a company's margins">
    <Override Locale="de-DE" Value="Was günstigere KI-Modelle mit den Margen eines Unternehmens machen" />
  </Description>
  <IconUrl DefaultValue="{base}/static/images/icons/xlwings-32.png" />
  <HighResolutionIconUrl DefaultValue="{base}/static/images/icons/xlwings-64.png" />
  <SupportUrl DefaultValue="{base}/" />
  <AppDomains><AppDomain>{base}</AppDomain></AppDomains>
  <Hosts><Host Name="Workbook" /></Hosts>
  <Requirements>
    <Sets DefaultMinVersion="1.1"><Set Name="SharedRuntime" MinVersion="1.1" /></Sets>
  </Requirements>
  <DefaultSettings><SourceLocation DefaultValue="{taskpane}" /></DefaultSettings>
  <Permissions>ReadDocument</Permissions>
  <VersionOverrides xmlns="http://schemas.microsoft.com/office/taskpaneappversionoverrides"
    xsi:type="VersionOverridesV1_0">
    <Hosts>
      <Host xsi:type="Workbook">
        <Runtimes><Runtime resid="Taskpane.Url" lifetime="long" /></Runtimes>
        <AllFormFactors>
          <ExtensionPoint xsi:type="CustomFunctions">
            <Script><SourceLocation resid="Functions.Script.Url" /></Script>
            <Page><SourceLocation resid="Taskpane.Url" /></Page>
            <Metadata><SourceLocation resid="Functions.Metadata.Url" /></Metadata>
          </ExtensionPoint>
        </AllFormFactors>
        <DesktopFormFactor>
          <FunctionFile resid="Taskpane.Url" />
          <ExtensionPoint xsi:type="PrimaryCommandSurface">
            <OfficeTab id="TabHome">
              <Group id="Xlplugin.Group">
                <Label resid="Name" />
                <Icon>
                  <bt:Image size="16" resid="Icon.16x16" />
                  <bt:Image size="32" resid="Icon.32x32" />
                  <bt:Image size="80" resid="Icon.80x80" />
                </Icon>
                <Control xsi:type="Button" id="Xlplugin.Taskpane">
                  <Label resid="Name" />
                  <Supertip><Title resid="Name" /><Description resid="Tooltip" /></Supertip>
                  <Icon>
                    <bt:Image size="16" resid="Icon.16x16" />
                    <bt:Image size="32" resid="Icon.32x32" />
                    <bt:Image size="80" resid="Icon.80x80" />
                  </Icon>
                  <Action xsi:type="ShowTaskpane">
                    <TaskpaneId>Xlplugin.Taskpane</TaskpaneId>
                    <SourceLocation resid="Taskpane.Url" />
                  </Action>
                </Control>
              </Group>
            </OfficeTab>
          </ExtensionPoint>
        </DesktopFormFactor>
      </Host>
    </Hosts>
    <Resources>
      <bt:Images>
        <bt:Image id="Icon.16x16" DefaultValue="{base}/static/images/icons/xlwings-16.png" />
        <bt:Image id="Icon.32x32" DefaultValue="{base}/static/images/icons/xlwings-32.png" />
        <bt:Image id="Icon.80x80" DefaultValue="{base}/static/images/icons/xlwings-80.png" />
      </bt:Images>
      <bt:Urls>
        <bt:Url id="Taskpane.Url" DefaultValue="{taskpane}" />
        <bt:Url id="Functions.Script.Url" DefaultValue="{base}/xlwings/custom-functions-code.js" />
        <bt:Url id="Functions.Metadata.Url" DefaultValue="{base}/xlwings/custom-functions-meta.json" />
      </bt:Urls>
      <bt:ShortStrings><bt:String id="Name" DefaultValue="xlplugin" /></bt:ShortStrings>
      <bt:LongStrings><bt:String id="Tooltip" DefaultValue="About the XLP functions" /></bt:LongStrings>
    </Resources>
  </VersionOverrides>
</OfficeApp>
"""


def text(base: str, token: str) -> str:
    """Return the manifest of the server at the address ``base``. It holds the token."""
    taskpane = f"{base}/taskpane.html?token={quote(token, safe='')}"
    return TEMPLATE.format(id=MANIFEST_ID, base=escape(base), taskpane=escape(taskpane, {'"': "&quot;"}))


def write(path: Path, base: str, token: str) -> Path:
    """Write the manifest, readable by the present user alone, and return its path."""
    path = path.expanduser().absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text(base, token))
    path.chmod(0o600)  # an older file keeps its rights when it is overwritten
    return path
