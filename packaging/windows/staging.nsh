; The new version is written beside the old one and takes its place when it is whole. What the old
; one had and the new one has not is gone then; what goes wrong leaves the old one as it was.

Function Stage
  RMDir /r "$INSTDIR\setup.new"
  !insertmacro PAYLOAD "$INSTDIR\setup.new"
  SetOutPath "$INSTDIR"
  ; For PCs without a network: the model of the first minutes, from beside setup.exe.
  ${If} ${FileExists} "$EXEDIR\${STARTER}"
    CreateDirectory "$INSTDIR\setup.new\_internal\starter"
    System::Call 'kernel32::CopyFileW(w "$EXEDIR\${STARTER}", w "$INSTDIR\setup.new\_internal\starter\${STARTER}", i 0) i .r0'
    ${If} $0 = 0
      StrCpy $R9 "$(STARTER_FAILED)"
      Call Tell
    ${EndIf}
  ${EndIf}
FunctionEnd

; $1 becomes $2; scanners of new files hold them for a moment. Sets the error flag.
Function Move
  StrCpy $3 20
  ${Do}
    ClearErrors
    Rename $1 $2
    ${IfNot} ${Errors}
      Return
    ${EndIf}
    IntOp $3 $3 - 1
    Sleep 250
  ${LoopUntil} $3 = 0
  SetErrors
FunctionEnd

; $0 counts what could not be moved.
!macro MOVE_ITEM FROM TO
  ${If} ${FileExists} "${FROM}"
    StrCpy $1 "${FROM}"
    StrCpy $2 "${TO}"
    Call Move
    ${If} ${Errors}
      IntOp $0 $0 + 1
    ${EndIf}
  ${EndIf}
!macroend

; The four things that are ours; what else lies in a folder that a person chose is none of it.
!macro MOVE_PROGRAM FROM TO
  CreateDirectory "${TO}\bin"
  !insertmacro MOVE_ITEM "${FROM}\_internal" "${TO}\_internal"
  !insertmacro MOVE_ITEM "${FROM}\Cierzo.exe" "${TO}\Cierzo.exe"
  !insertmacro MOVE_ITEM "${FROM}\cierzo-console.exe" "${TO}\cierzo-console.exe"
  !insertmacro MOVE_ITEM "${FROM}\bin\cierzo.exe" "${TO}\bin\cierzo.exe"
!macroend

Function Swap
  StrCpy $0 0
  RMDir /r "$INSTDIR\setup.old"
  !insertmacro MOVE_PROGRAM "$INSTDIR" "$INSTDIR\setup.old"
  ${If} $0 = 0
    !insertmacro MOVE_PROGRAM "$INSTDIR\setup.new" "$INSTDIR"
  ${EndIf}
  ${If} $0 > 0
    !insertmacro MOVE_PROGRAM "$INSTDIR" "$INSTDIR\setup.new"
    !insertmacro MOVE_PROGRAM "$INSTDIR\setup.old" "$INSTDIR"
    RMDir /r "$INSTDIR\setup.old"
    StrCpy $R9 "$(HELD)"
    Call Refuse
    Abort
  ${EndIf}
  ; A starter model that an earlier setup brought along.
  ${IfNot} ${FileExists} "$INSTDIR\_internal\starter\${STARTER}"
    CreateDirectory "$INSTDIR\_internal\starter"
    Rename "$INSTDIR\setup.old\_internal\starter\${STARTER}" "$INSTDIR\_internal\starter\${STARTER}"
    RMDir "$INSTDIR\_internal\starter"
  ${EndIf}
  RMDir /r "$INSTDIR\setup.old"
  RMDir /r "$INSTDIR\setup.new"
FunctionEnd
