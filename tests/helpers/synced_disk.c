/* What would be left of files if the power failed: only what was synced. To be preloaded.

   After every fsync or fdatasync of a file of $CIERZO_TEST_DISK its content, as it is then, becomes
   that of the file of the same name in $CIERZO_TEST_SYNCED. Names go at once, as a journal of a file
   system keeps their order. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The other file of that name; 0 where the path is not directly in the folder. */
static int place_of(const char *path, char *target) {
    const char *disk = getenv("CIERZO_TEST_DISK"), *synced = getenv("CIERZO_TEST_SYNCED");
    const char *name = strrchr(path, '/');
    if (!disk || !synced || !name || strlen(disk) != (size_t)(name - path)) return 0;
    if (strncmp(path, disk, strlen(disk))) return 0;
    snprintf(target, PATH_MAX, "%s%s", synced, name);
    return 1;
}

static void keep(int file) {
    char link[64], path[PATH_MAX], part[PATH_MAX], target[PATH_MAX], buffer[1 << 16];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return;
    path[length] = 0;
    if (!place_of(path, target)) return;
    snprintf(part, sizeof part, "%s/.part", getenv("CIERZO_TEST_SYNCED"));
    int to = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (to < 0) abort();
    off_t place = 0;
    ssize_t count;
    while ((count = pread(file, buffer, sizeof buffer, place)) > 0) {
        if (write(to, buffer, count) != count) abort();
        place += count;
    }
    if (close(to) || rename(part, target)) abort();
}

static int sync_with(const char *name, int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int result = real(file);
    if (!result) keep(file);
    return result;
}

int fsync(int file) { return sync_with("fsync", file); }
int fdatasync(int file) { return sync_with("fdatasync", file); }

int unlink(const char *path) {
    char target[PATH_MAX];
    int (*real)(const char *) = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");
    int result = real(path);
    if (!result && place_of(path, target)) real(target);
    return result;
}
