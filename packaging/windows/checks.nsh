; What is looked at before anything is changed.

; $0 becomes 1 while that program of the folder $1 runs: Windows lets nobody write to its file then.
!macro RUNNING_FILE NAME
  System::Call 'kernel32::CreateFileW(w "$1\${NAME}", i 0x40000000, i 7, p 0, i 3, i 0, p 0) p .r2 ?e'
  Pop $3
  ${If} $2 P<> -1
    System::Call 'kernel32::CloseHandle(p r2)'
  ${ElseIf} $3 = 32 ; ERROR_SHARING_VIOLATION
    StrCpy $0 1
  ${EndIf}
!macroend

; $R9 becomes a sentence while a program of the folder $1 runs, its workers and other persons'
; sessions included. Nobody's chat is ended: a person is asked to, and an update that runs silently
; gives the program that started it half a minute to close.
!macro RUNNING un MOST_LOOKS
Function ${un}FindRunning
  StrCpy $R9 ""
  StrCpy $4 ${MOST_LOOKS}
  ${Do}
    StrCpy $0 0
    !insertmacro RUNNING_FILE "Cierzo.exe"
    !insertmacro RUNNING_FILE "cierzo-console.exe"
    !insertmacro RUNNING_FILE "bin\cierzo.exe"
    ${If} $0 = 0
      Return
    ${EndIf}
    IntOp $4 $4 - 1
    ${IfNot} ${Silent}
    ${OrIf} $4 = 0
      StrCpy $R9 "$(RUNNING)"
      Return
    ${EndIf}
    Sleep 500
  ${Loop}
FunctionEnd
!macroend

!insertmacro RUNNING "" 60
!insertmacro RUNNING "un." 1

; $R9 becomes the sentence that says why Cierzo cannot be installed in $INSTDIR, or empty.
Function FindRefusal
  StrCpy $R9 ""
  ; Another program that was packaged as ours is keeps its files under the same name.
  ${If} ${FileExists} "$INSTDIR\_internal\*.*"
  ${AndIfNot} ${FileExists} "$INSTDIR\_internal\distribution.json"
    StrCpy $R9 "$(OTHER_PROGRAM)"
    Return
  ${EndIf}
  StrCpy $1 $INSTDIR
  Call FindRunning
  ${If} $R9 == ""
  ${AndIf} $OldFolder != ""
    StrCpy $1 $OldFolder
    Call FindRunning
  ${EndIf}
  ${If} $R9 == ""
    Call FindUnfit
  ${EndIf}
FunctionEnd

; The same for the folder itself; one that is made for the look is taken away again.
Function FindUnfit
  StrCpy $5 0
  ${If} ${FileExists} "$INSTDIR\*.*"
    StrCpy $5 1
  ${EndIf}
  CreateDirectory "$INSTDIR"
  ClearErrors
  FileOpen $1 "$INSTDIR\setup.try" w
  ${If} ${Errors}
    StrCpy $R9 "$(READ_ONLY)"
  ${Else}
    FileClose $1
    Delete "$INSTDIR\setup.try"
    Call FindNarrow
  ${EndIf}
  ${If} $R9 != ""
  ${AndIf} $5 = 0
    RMDir "$INSTDIR"
  ${EndIf}
FunctionEnd

; The program lies beside the old one for a moment, and once in $TEMP, where it is unpacked to.
Function FindNarrow
  StrCpy $R1 ${PAYLOAD_BYTES}
  ${If} ${FileExists} "$EXEDIR\${STARTER}"
    FileOpen $1 "$EXEDIR\${STARTER}" r
    FileSeek $1 0 END $2
    FileClose $1
    System::Int64Op $R1 + $2
    Pop $R1
  ${EndIf}
  StrCpy $1 $INSTDIR 2
  StrCpy $2 $TEMP 2
  ${If} $1 == $2
    System::Int64Op $R1 + ${PAYLOAD_BYTES}
    Pop $R1
  ${EndIf}
  StrCpy $R3 $INSTDIR
  Call CompareRoom
  ${If} $R9 == ""
    StrCpy $R1 ${PAYLOAD_BYTES}
    StrCpy $R3 $TEMP
    Call CompareRoom
  ${EndIf}
FunctionEnd

; $R9 becomes a sentence if less than $R1 bytes are free for the folder $R3.
Function CompareRoom
  System::Call 'kernel32::GetDiskFreeSpaceExW(w "$R3\", *l .R2, p 0, p 0) i .r0'
  ${If} $0 = 0 ; some network drives do not say
    Return
  ${EndIf}
  System::Int64Op $R2 < $R1
  Pop $0
  ${If} $0 = 1
    System::Int64Op $R1 / 1000000
    Pop $R1
    System::Int64Op $R2 / 1000000
    Pop $R2
    StrCpy $R9 "$(NO_ROOM)"
  ${EndIf}
FunctionEnd
