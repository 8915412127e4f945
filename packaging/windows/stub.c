/* Stands for the program where there is none: installers made on Linux are for tests only.

   --version          its version
   --exit N           ends with that code
   --stay             runs until its standard input ends
   anything else      its whole command line, one line of UTF-8 */

#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

int main(int count, char **arguments)
{
    static char words[100000];
    if (count > 2 && !strcmp(arguments[1], "--exit"))
        return atoi(arguments[2]);
    if (count > 1 && !strcmp(arguments[1], "--version")) {
        puts("Cierzo " VERSION " (a stub for tests)");
        return 0;
    }
    WideCharToMultiByte(CP_UTF8, 0, GetCommandLineW(), -1, words, sizeof words, NULL, NULL);
    puts(words);
    fflush(stdout);
    if (count > 1 && !strcmp(arguments[1], "--stay"))
        while (getchar() != EOF)
            ;
    return 0;
}
