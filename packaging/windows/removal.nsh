; Takes the program out of a folder, and nothing else: a person may have chosen one with other things.
!macro REMOVE_PROGRAM FOLDER
  ${If} ${FileExists} "${FOLDER}\_internal\distribution.json"
    RMDir /r "${FOLDER}\_internal"
  ${EndIf}
  RMDir /r "${FOLDER}\setup.new"
  RMDir /r "${FOLDER}\setup.old"
  Delete "${FOLDER}\Cierzo.exe"
  Delete "${FOLDER}\cierzo-console.exe"
  Delete "${FOLDER}\bin\cierzo.exe"
  RMDir "${FOLDER}\bin"
  Delete "${FOLDER}\uninstall.exe"
  RMDir "${FOLDER}" ; if it is empty now
!macroend

; $0 becomes 1 if both are the same folder, whatever their names: links and short names are others.
!macro IS_SAME_FOLDER ONE OTHER
  StrCpy $0 0
  ClearErrors
  FileOpen $2 "${ONE}\setup.try" w
  ${IfNot} ${Errors}
    FileClose $2
    ${If} ${FileExists} "${OTHER}\setup.try"
      StrCpy $0 1
    ${EndIf}
    Delete "${ONE}\setup.try"
  ${EndIf}
!macroend

; Tells the desktop that programs for files have changed.
!macro TELL_SHELL
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
!macroend
