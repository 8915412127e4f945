; How setup says a sentence, $R9: in a box, or on stderr when it is silent.

!macro TELLING un
; On stderr of the console or the program that started this.
Function ${un}TellConsole
  System::Call 'kernel32::AttachConsole(i -1)'
  System::Call 'kernel32::GetStdHandle(i -12) p .r1'
  StrCpy $R9 "$R9$\r$\n"
  StrLen $2 $R9
  System::Call 'kernel32::WriteConsoleW(p r1, w R9, i r2, *i .r3, p 0) i .r0'
  ${If} $0 = 0 ; it leads to a file or a pipe
    System::Call 'kernel32::WideCharToMultiByte(i 65001, i 0, w R9, i r2, p 0, i 0, p 0, p 0) i .r3'
    System::Alloc $3
    Pop $4
    System::Call 'kernel32::WideCharToMultiByte(i 65001, i 0, w R9, i r2, p r4, i r3, p 0, p 0)'
    System::Call 'kernel32::WriteFile(p r1, p r4, i r3, *i .r5, p 0)'
    System::Free $4
  ${EndIf}
FunctionEnd

Function ${un}Tell
  ${If} ${Silent}
    Call ${un}TellConsole
  ${Else}
    MessageBox MB_OK|MB_ICONEXCLAMATION "$R9"
  ${EndIf}
FunctionEnd

; Says why nothing is done. The caller ends, or lets the person change something.
Function ${un}Refuse
  Call ${un}Tell
  SetErrorLevel ${EXIT_REFUSED}
FunctionEnd
!macroend

!insertmacro TELLING ""
!insertmacro TELLING "un."

; NSIS has taken the system's language where it is one of ours, and Traditional Chinese for Simplified
; too, which the window answers in English. /LANG=1031 is for administrators and tests.
!macro CHOOSE_LANGUAGE
  System::Call 'kernel32::GetUserDefaultUILanguage() i .r0'
  IntOp $0 $0 & 0xFFFF
  ${GetParameters} $1
  ClearErrors
  ${GetOptions} $1 "/LANG=" $2
  ${IfNot} ${Errors}
    StrCpy $0 $2
    StrCpy $LANGUAGE $2
  ${EndIf}
  ${If} $0 = 0x0804
  ${OrIf} $0 = 0x1004
    StrCpy $LANGUAGE ${LANG_ENGLISH}
  ${EndIf}
!macroend
