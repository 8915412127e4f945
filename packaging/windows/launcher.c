/* bin\cierzo.exe: Cierzo in terminals and scripts.

   Cierzo.exe opens the window and cierzo-console.exe has a console; names ignore case, so the one
   that people type lies in a folder of its own and starts ..\cierzo-console.exe: same arguments,
   same handles, same console, same exit code. It uses nothing but kernel32: no C runtime to ship,
   to start or to hijack. */

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#define MOST_CHARACTERS 32768 /* of a path and of a command line, by Windows' own limit */
#define EXIT_ENVIRONMENT 3    /* as every other error of the environment on the command line */

static WCHAR program[MOST_CHARACTERS];
static WCHAR command[MOST_CHARACTERS];
static const WCHAR TARGET[] = L"cierzo-console.exe";
static const char MISSING[] =
    "error: cierzo-console.exe cannot be started. Install Cierzo again.\r\n";

/* Ctrl-C and Ctrl-Break are the child's to answer; this process ends when the child does. */
static BOOL WINAPI leave_it_to_the_child(DWORD event)
{
    return event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT;
}

static DWORD complain(void)
{
    DWORD written;
    WriteFile(GetStdHandle(STD_ERROR_HANDLE), MISSING, sizeof MISSING - 1, &written, NULL);
    return EXIT_ENVIRONMENT;
}

/* The command line behind the program's own name, with the blanks before it. */
static const WCHAR *arguments(void)
{
    const WCHAR *rest = GetCommandLineW();
    BOOL is_quoted = FALSE;
    for (; *rest && (is_quoted || (*rest != L' ' && *rest != L'\t')); rest++)
        if (*rest == L'"')
            is_quoted = !is_quoted;
    return rest;
}

/* program becomes the path of the file beside the folder that this one lies in. */
static BOOL find_program(void)
{
    DWORD length = GetModuleFileNameW(NULL, program, MOST_CHARACTERS);
    int folders = 0;
    if (length == 0 || length >= MOST_CHARACTERS)
        return FALSE;
    while (length > 0 && folders < 2)
        if (program[--length] == L'\\')
            folders++;
    if (folders < 2 || length + 1 + sizeof TARGET / sizeof *TARGET > MOST_CHARACTERS)
        return FALSE;
    lstrcpyW(program + length + 1, TARGET);
    return TRUE;
}

static BOOL write_command(void)
{
    const WCHAR *rest = arguments();
    if (lstrlenW(program) + lstrlenW(rest) + 3 > MOST_CHARACTERS)
        return FALSE;
    lstrcpyW(command, L"\"");
    lstrcatW(command, program);
    lstrcatW(command, L"\"");
    lstrcatW(command, rest);
    return TRUE;
}

/* A handle that the child may inherit, whatever the one that this process got allows. */
static HANDLE inheritable(DWORD which)
{
    HANDLE mine = GetStdHandle(which), copy = NULL, self = GetCurrentProcess();
    if (mine && mine != INVALID_HANDLE_VALUE)
        DuplicateHandle(self, mine, self, &copy, 0, TRUE, DUPLICATE_SAME_ACCESS);
    return copy;
}

static DWORD run(void)
{
    static STARTUPINFOW start;
    static PROCESS_INFORMATION child;
    static JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;
    DWORD exit_code = EXIT_ENVIRONMENT;
    HANDLE job;

    if (!find_program() || !write_command())
        return complain();
    SetConsoleCtrlHandler(leave_it_to_the_child, TRUE);
    start.cb = sizeof start;
    start.dwFlags = STARTF_USESTDHANDLES;
    start.hStdInput = inheritable(STD_INPUT_HANDLE);
    start.hStdOutput = inheritable(STD_OUTPUT_HANDLE);
    start.hStdError = inheritable(STD_ERROR_HANDLE);
    /* Suspended until it is in the job: who ends this process ends the one it stands for. */
    if (!CreateProcessW(program, command, NULL, NULL, TRUE, CREATE_SUSPENDED, NULL, NULL, &start,
                        &child))
        return complain();
    job = CreateJobObjectW(NULL, NULL);
    limits.BasicLimitInformation.LimitFlags =
        JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
    SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
    AssignProcessToJobObject(job, child.hProcess);
    ResumeThread(child.hThread);
    /* The child has its own: a pipe's reader must see its end when the child is done with it. */
    CloseHandle(start.hStdInput);
    CloseHandle(start.hStdOutput);
    CloseHandle(start.hStdError);
    WaitForSingleObject(child.hProcess, INFINITE);
    GetExitCodeProcess(child.hProcess, &exit_code);
    return exit_code;
}

void launch(void)
{
    ExitProcess(run());
}
