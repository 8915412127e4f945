; Removes the program. Models, chats and settings stay unless a person ticks the box, which a silent
; uninstaller never does; either way it says where they are.

Var DataBox
Var RemovesData

Function un.onInit
  !insertmacro CHOOSE_LANGUAGE
  StrCpy $RemovesData 0
FunctionEnd

Function un.AskForData
  !insertmacro MUI_HEADER_TEXT "$(UN_TITLE)" "$(UN_FROM)"
  nsDialogs::Create 1018
  Pop $0
  ${If} $0 == error
    Abort
  ${EndIf}
  ${If} ${FileExists} "${DATA_FOLDER}\*.*"
    ${NSD_CreateLabel} 0 0 100% 48u "$(UN_STAYS)"
    Pop $0
    ${NSD_CreateCheckbox} 0 56u 100% 12u "$(UN_REMOVE_DATA)"
    Pop $DataBox
    ${If} $RemovesData = 1
      ${NSD_Check} $DataBox
    ${EndIf}
  ${EndIf}
  GetDlgItem $0 $HWNDPARENT 1
  SendMessage $0 ${WM_SETTEXT} 0 "STR:$(^UninstallBtn)"
  nsDialogs::Show
FunctionEnd

Function un.HearAboutData
  ${If} $DataBox != ""
    ${NSD_GetState} $DataBox $RemovesData
  ${EndIf}
  ${If} $RemovesData = 1
    MessageBox MB_YESNO|MB_ICONEXCLAMATION|MB_DEFBUTTON2 "$(UN_SURE)" IDYES +2
    Abort
  ${EndIf}
  StrCpy $1 $INSTDIR
  Call un.FindRunning
  ${If} $R9 != ""
    Call un.Refuse
    Abort
  ${EndIf}
FunctionEnd

Section "un.Cierzo"
  StrCpy $1 $INSTDIR
  Call un.FindRunning
  ${If} $R9 != ""
    Call un.Refuse
    Abort
  ${EndIf}
  SetOutPath "$TEMP" ; nobody can remove the folder that a program works in
  !insertmacro REMOVE_FROM_PATH "un." "$INSTDIR\bin"
  ReadRegStr $1 HKCU "${UNINSTALL_KEY}" "InstallLocation"
  !insertmacro IS_SAME_FOLDER $INSTDIR $1
  ${If} $0 = 1 ; else another folder has the one that Windows knows of
    Delete "$SMPROGRAMS\Cierzo.lnk"
    Delete "$DESKTOP\Cierzo.lnk"
    !insertmacro UNREGISTER
    !insertmacro TELL_SHELL
  ${EndIf}
  !insertmacro REMOVE_PROGRAM "$INSTDIR"
  ${If} $RemovesData = 1
    Call un.RemoveData
  ${EndIf}
  StrCpy $KeptWords "$(UN_GONE)"
  ${If} ${FileExists} "${DATA_FOLDER}\*.*"
    StrCpy $KeptWords "$(UN_KEPT)"
  ${EndIf}
  ${If} ${Silent}
    StrCpy $R9 $KeptWords
    Call un.TellConsole
  ${EndIf}
SectionEnd

Function un.RemoveData
  ; A link leads to what is not ours: it goes itself, what it leads to stays.
  ${GetFileAttributes} "${DATA_FOLDER}\models" "REPARSE_POINT" $0
  ${If} $0 = 1
    RMDir "${DATA_FOLDER}\models"
  ${EndIf}
  ${GetFileAttributes} "${DATA_FOLDER}" "REPARSE_POINT" $0
  ${If} $0 = 1
    RMDir "${DATA_FOLDER}"
  ${Else}
    RMDir /r "${DATA_FOLDER}"
  ${EndIf}
  ; The access token for downloads, which the system keeps (app/services/tokens.py).
  System::Call 'advapi32::CredDeleteW(w "Cierzo", i 1, i 0)'
FunctionEnd
