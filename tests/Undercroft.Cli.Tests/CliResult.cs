using System.Text.Json;

namespace Undercroft.Cli.Tests;

/// <summary>What one run of the tool left behind.</summary>
internal sealed record CliResult(int Code, string Out, string Error)
{
    /// <summary>The standard output as one JSON value; it must be one line and nothing else.</summary>
    public JsonElement Json()
    {
        Assert.EndsWith("\n", Out, StringComparison.Ordinal);
        Assert.Equal(1, Out.Count(static c => c == '\n'));
        return JsonDocument.Parse(Out).RootElement;
    }

    /// <summary>The standard output as one JSON value per line.</summary>
    public IReadOnlyList<JsonElement> JsonLines() =>
    [
        .. Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonDocument.Parse(line).RootElement),
    ];

    /// <summary>Fails unless the run ended with this code and said nothing but one sentence of error.</summary>
    public void MustFail(int code, string error)
    {
        Assert.Equal(error + "\n", Error);
        Assert.Equal("", Out);
        Assert.Equal(code, Code);
    }

    public CliResult MustSucceed()
    {
        Assert.True(Code == 0, $"Exit code {Code}: {Error}");
        return this;
    }
}
