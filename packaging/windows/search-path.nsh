; The person's own PATH, so that `cierzo` works in terminals. NSIS' texts end after some 1,000
; signs: a longer PATH would lose its end, so it is left alone and the person is told.

!define ENVIRONMENT "Environment"

; $0 becomes the PATH with a semicolon before and after, or empty where it is too long.
!macro SEARCH_PATH un
Function ${un}ReadSearchPath
  ; HKEY_CURRENT_USER, texts of both types, not expanded.
  System::Call 'advapi32::RegGetValueW(p 0x80000001, w "${ENVIRONMENT}", w "Path", i 0x10000006, p 0, p 0, *i .r1) i .r2'
  ${If} $2 <> 0
    StrCpy $1 0
  ${EndIf}
  IntOp $1 $1 / 2
  StrLen $2 $R8
  IntOp $1 $1 + $2
  IntOp $1 $1 + 8
  ${If} $1 > ${NSIS_MAX_STRLEN}
    StrCpy $0 ""
  ${Else}
    ReadRegStr $0 HKCU "${ENVIRONMENT}" "Path"
    StrCpy $0 ";$0;"
  ${EndIf}
FunctionEnd

; Writes $0 without its outer semicolons, and has programs that start from now on see it.
Function ${un}WriteSearchPath
  ${Do}
    StrCpy $1 $0 1
    ${IfThen} $1 != ";" ${|} ${ExitDo} ${|}
    StrCpy $0 $0 "" 1
  ${Loop}
  ${Do}
    StrCpy $1 $0 1 -1
    ${IfThen} $1 != ";" ${|} ${ExitDo} ${|}
    StrCpy $0 $0 -1
  ${Loop}
  ${If} $0 == ""
    DeleteRegValue HKCU "${ENVIRONMENT}" "Path"
  ${Else}
    WriteRegExpandStr HKCU "${ENVIRONMENT}" "Path" "$0"
  ${EndIf}
  SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:${ENVIRONMENT}" /TIMEOUT=2000
FunctionEnd

; $2 becomes where the folder $R8 stands in $0, -1 where it does not.
Function ${un}FindInSearchPath
  StrLen $3 ";$R8;"
  StrLen $4 $0
  StrCpy $2 0
  ${Do}
    StrCpy $1 $0 $3 $2
    ${IfThen} $1 == ";$R8;" ${|} ${ExitDo} ${|}
    IntOp $2 $2 + 1
    ${If} $2 >= $4
      StrCpy $2 -1
      ${ExitDo}
    ${EndIf}
  ${Loop}
FunctionEnd

; Takes the folder $R8 out of it.
Function ${un}LeaveSearchPath
  Call ${un}ReadSearchPath
  Call ${un}FindInSearchPath
  ${If} $2 >= 0
    StrCpy $1 $0 $2
    IntOp $2 $2 + $3
    StrCpy $0 $0 "" $2
    StrCpy $0 "$1;$0"
    Call ${un}WriteSearchPath
  ${EndIf}
FunctionEnd
!macroend

!insertmacro SEARCH_PATH ""
!insertmacro SEARCH_PATH "un."

!macro ADD_TO_PATH FOLDER
  StrCpy $R8 "${FOLDER}"
  Call ReadSearchPath
  ${If} $0 == ""
    StrCpy $R9 "$(PATH_TOO_LONG)"
    Call Tell
  ${Else}
    Call FindInSearchPath
    ${If} $2 < 0
      StrCpy $0 "$0$R8"
      Call WriteSearchPath
    ${EndIf}
    WriteRegDWORD HKCU "${UNINSTALL_KEY}" "IsInPath" 1
  ${EndIf}
!macroend

!macro REMOVE_FROM_PATH un FOLDER
  StrCpy $R8 "${FOLDER}"
  Call ${un}LeaveSearchPath
!macroend
