; The six languages of the window. English is first: whoever speaks none of the others gets it.

!macro LANGUAGE NAME
  !insertmacro MUI_LANGUAGE "${NAME}"
  LicenseLangString LICENCE ${LANG_${NAME}} "${GENERATED}/licence-${NAME}.txt"
  !include "${SOURCE}/languages/${NAME}.nsh"
!macroend

!insertmacro LANGUAGE English
!insertmacro LANGUAGE German
!insertmacro LANGUAGE French
!insertmacro LANGUAGE Spanish
!insertmacro LANGUAGE Italian
!insertmacro LANGUAGE TradChinese
