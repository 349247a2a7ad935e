namespace Undercroft.Crash.Tests;

public sealed class SqliteCrash : BackendCrash
{
    protected override string Backend => "sqlite";
}
