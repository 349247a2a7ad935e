namespace Undercroft.Crash.Tests;

public sealed class FileCrash : BackendCrash
{
    protected override string Backend => "file";
}
