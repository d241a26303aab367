// Turns the calls that wait for the disk into nothing, as SQLite's synchronous=OFF does: loaded
// before a program (LD_PRELOAD) to see that a power cut then loses what it was told to keep.
int fsync(int descriptor) {
    (void)descriptor;
    return 0;
}

int fdatasync(int descriptor) {
    (void)descriptor;
    return 0;
}
