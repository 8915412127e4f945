; Windows groups windows with a shortcut, and shows our name on notifications, where both have the
; same AppUserModelID; app/ui/application.py tells that of the process.

!include Win\COM.nsh
!include Win\Propkey.nsh
!define /ifndef VT_LPWSTR 31
!define /ifndef STGM_READWRITE 2

!macro SET_APP_ID LINK
  System::Store S
  StrCpy $9 "${APP_ID}"
  !insertmacro ComHlpr_CreateInProcInstance ${CLSID_ShellLink} ${IID_IShellLink} r0 ""
  ${If} $0 P<> 0
    ${IUnknown::QueryInterface} $0 '("${IID_IPersistFile}", .r1)'
    ${IUnknown::QueryInterface} $0 '("${IID_IPropertyStore}", .r2)'
    ${If} $1 P<> 0
    ${AndIf} $2 P<> 0
      ${IPersistFile::Load} $1 '("${LINK}", ${STGM_READWRITE})'
      System::Call '*${SYSSTRUCT_PROPERTYKEY}(${PKEY_AppUserModel_ID}) p .r3'
      System::Call '*(&w256 r9) p .r4'
      System::Call '*(&i2 ${VT_LPWSTR}, &i2 0, &i2 0, &i2 0, p r4, p 0) p .r5'
      ${IPropertyStore::SetValue} $2 '(r3, r5)'
      ${IPropertyStore::Commit} $2 ""
      ${IPersistFile::Save} $1 '("${LINK}", 1)'
      System::Free $5
      System::Free $4
      System::Free $3
    ${EndIf}
    ${If} $2 P<> 0
      ${IUnknown::Release} $2 ""
    ${EndIf}
    ${If} $1 P<> 0
      ${IUnknown::Release} $1 ""
    ${EndIf}
    ${IUnknown::Release} $0 ""
  ${EndIf}
  System::Store L
!macroend
