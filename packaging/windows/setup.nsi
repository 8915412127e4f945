; The installer for Windows: for one person, without administrator rights, offline, silent with /S.
;
;   setup.exe [/S] [/PATH] [/LANG=1031] [/D=C:\any folder]      /D comes last, without quotes
;
; Ends with 0 (done), 1 (cancelled), 2 (a file could not be written) or 3 (refused: a sentence says
; why, in a box or, silent, on stderr). Nothing of an older version is touched before the new one
; lies beside it, whole. packaging/release/windows_installer.py compiles it and gives what is in
; capitals: STUB, VERSION, FILE_VERSION, PUBLISHER, HOMEPAGE, APP_ID, STARTER, SOURCE (this folder),
; GENERATED (the folder of payload.nsh and licence-*.txt), OUT, ICON, SIDEBAR, PYTHON.

Unicode true
Target ${STUB}
RequestExecutionLevel user
ManifestDPIAware true
ManifestLongPathAware true
; The dictionary spans the processor variants of the engine, which are nearly alike.
SetCompressor /SOLID lzma
SetCompressorDictSize 64
; The time of the installation, so that builds of the same commit are the same.
SetDateSave off
AllowSkipFiles off
CRCCheck on
Name "Cierzo"
OutFile "${OUT}"
BrandingText "Cierzo ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow

!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Cierzo"
!define PROGID "Cierzo.gguf"
!define DATA_FOLDER "$LOCALAPPDATA\Cierzo" ; as app/settings/folders.py
!define OLDEST_BUILD 17763 ; Windows 10 1809: Qt's own limit
!define EXIT_REFUSED 3

InstallDir "$LOCALAPPDATA\Programs\Cierzo"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"

; The signature covers the uninstaller too, which is made here and only written over there.
!uninstfinalize '"${PYTHON}" -m release.authenticode "%1"' = 0

!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
Var OldFolder ; of the version that is installed, empty where there is none
Var KeptWords ; what an uninstaller says at its end

!include "${GENERATED}/payload.nsh"
!include "${__FILEDIR__}/telling.nsh"
!include "${__FILEDIR__}/checks.nsh"
!include "${__FILEDIR__}/shortcut.nsh"
!include "${__FILEDIR__}/search-path.nsh"
!include "${__FILEDIR__}/removal.nsh"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${SIDEBAR}"
!define MUI_UNWELCOMEFINISHPAGE_BITMAP "${SIDEBAR}"
!define MUI_WELCOMEFINISHPAGE_BITMAP_STRETCH AspectFitHeight
!define MUI_UNWELCOMEFINISHPAGE_BITMAP_STRETCH AspectFitHeight
!define MUI_ABORTWARNING

!define MUI_PAGE_HEADER_TEXT "$(LICENCE_TITLE)"
!define MUI_PAGE_HEADER_SUBTEXT "$(LICENCE_SUBTITLE)"
!define MUI_LICENSEPAGE_TEXT_TOP "$(LICENCE_TOP)"
!define MUI_LICENSEPAGE_BUTTON "$(^NextBtn)"
!define MUI_LICENSEPAGE_TEXT_BOTTOM "$(LICENCE_BOTTOM)"
!insertmacro MUI_PAGE_LICENSE "$(LICENCE)"
!define MUI_COMPONENTSPAGE_NODESC
!define MUI_COMPONENTSPAGE_TEXT_TOP "$(ABOUT_PROGRAM)"
!insertmacro MUI_PAGE_COMPONENTS
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE CheckFolder
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\Cierzo.exe"
!define MUI_FINISHPAGE_RUN_TEXT "$(START_NOW)"
!define MUI_FINISHPAGE_SHOWREADME ""
!define MUI_FINISHPAGE_SHOWREADME_NOTCHECKED
!define MUI_FINISHPAGE_SHOWREADME_TEXT "$(WHAT_CHANGED)"
!define MUI_FINISHPAGE_SHOWREADME_FUNCTION ShowChanges
!insertmacro MUI_PAGE_FINISH

UninstPage custom un.AskForData un.HearAboutData
!insertmacro MUI_UNPAGE_INSTFILES
!define MUI_FINISHPAGE_TEXT "$KeptWords"
!insertmacro MUI_UNPAGE_FINISH

!include "${__FILEDIR__}/languages.nsh"

VIProductVersion "${FILE_VERSION}"
VIFileVersion "${FILE_VERSION}"
!macro VERSION_DETAILS LANGUAGE
  VIAddVersionKey /LANG=${LANGUAGE} "ProductName" "Cierzo"
  VIAddVersionKey /LANG=${LANGUAGE} "ProductVersion" "${VERSION}"
  VIAddVersionKey /LANG=${LANGUAGE} "FileVersion" "${VERSION}"
  VIAddVersionKey /LANG=${LANGUAGE} "FileDescription" "Cierzo Setup"
  VIAddVersionKey /LANG=${LANGUAGE} "CompanyName" "${PUBLISHER}"
  VIAddVersionKey /LANG=${LANGUAGE} "LegalCopyright" "${PUBLISHER}, Apache-2.0"
!macroend
!insertmacro VERSION_DETAILS ${LANG_ENGLISH}

Section "Cierzo" SectionProgram
  SectionIn RO
  AddSize ${PAYLOAD_KB}
  Call FindRefusal
  ${If} $R9 != ""
    Call Refuse
    Abort
  ${EndIf}
  Call Stage
  Call Swap
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  !insertmacro IS_SAME_FOLDER $INSTDIR $OldFolder
  ${If} $OldFolder != ""
  ${AndIf} $0 = 0
    !insertmacro REMOVE_FROM_PATH "" "$OldFolder\bin"
    !insertmacro REMOVE_PROGRAM "$OldFolder"
  ${EndIf}
  Call Register
  CreateShortcut "$SMPROGRAMS\Cierzo.lnk" "$INSTDIR\Cierzo.exe"
  !insertmacro SET_APP_ID "$SMPROGRAMS\Cierzo.lnk"
SectionEnd

Section /o "$(SECTION_DESKTOP)" SectionDesktop
  CreateShortcut "$DESKTOP\Cierzo.lnk" "$INSTDIR\Cierzo.exe"
  !insertmacro SET_APP_ID "$DESKTOP\Cierzo.lnk"
SectionEnd

Section /o "$(SECTION_PATH)" SectionPath
  !insertmacro ADD_TO_PATH "$INSTDIR\bin"
SectionEnd

; What was chosen the last time and is not any more.
Section "-unchosen"
  ${IfNot} ${SectionIsSelected} ${SectionDesktop}
    Delete "$DESKTOP\Cierzo.lnk"
  ${EndIf}
  ${IfNot} ${SectionIsSelected} ${SectionPath}
    !insertmacro REMOVE_FROM_PATH "" "$INSTDIR\bin"
  ${EndIf}
  !insertmacro TELL_SHELL
SectionEnd

!include "${__FILEDIR__}/staging.nsh"
!include "${__FILEDIR__}/registration.nsh"
!include "${__FILEDIR__}/uninstall.nsh"

Function .onInit
  !insertmacro CHOOSE_LANGUAGE
  ReadRegStr $0 HKLM "Software\Microsoft\Windows NT\CurrentVersion" "CurrentBuildNumber"
  ${If} $0 < ${OLDEST_BUILD}
    StrCpy $R9 "$(OLD_WINDOWS)"
    Call Refuse
    Quit
  ${EndIf}
  ReadRegStr $OldFolder HKCU "${UNINSTALL_KEY}" "InstallLocation"
  ${If} ${FileExists} "$DESKTOP\Cierzo.lnk"
    !insertmacro SelectSection ${SectionDesktop}
  ${EndIf}
  ReadRegDWORD $0 HKCU "${UNINSTALL_KEY}" "IsInPath"
  ${GetParameters} $1
  ClearErrors
  ${GetOptions} $1 "/PATH" $2
  ${IfNot} ${Errors}
    StrCpy $0 1
  ${EndIf}
  ${If} $0 == 1
    !insertmacro SelectSection ${SectionPath}
  ${EndIf}
FunctionEnd

Function .onInstFailed
  ${If} $R9 == "" ; nobody has said yet why
    StrCpy $R9 "$(UNWRITTEN)"
    Call Tell
  ${EndIf}
  RMDir /r "$INSTDIR\setup.new"
  RMDir "$INSTDIR"
FunctionEnd

Function CheckFolder
  Call FindRefusal
  ${If} $R9 != ""
    Call Refuse
    Abort ; stays on the page, where another folder can be chosen
  ${EndIf}
FunctionEnd

Function ShowChanges
  Exec '"$WINDIR\notepad.exe" "$INSTDIR\_internal\CHANGELOG.md"'
FunctionEnd
