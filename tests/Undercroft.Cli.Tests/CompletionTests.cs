namespace Undercroft.Cli.Tests;

public sealed class CompletionTests : CliFixture
{
    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task Each_shell_gets_a_script_that_asks_for_suggestions(string shell)
    {
        var run = await RunAsync("completion", shell);

        Assert.Contains("undercroft \"[suggest:", run.MustSucceed().Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("undercroft sto", "store")]
    [InlineData("undercroft store ge", "get")]
    [InlineData("undercroft store compact --old", "--older-than")]
    [InlineData("undercroft completion z", "zsh")]
    public async Task A_word_begun_is_completed(string line, string expected)
    {
        var run = await RunAsync($"[suggest:{line.Length}]", line);

        Assert.Contains(expected, run.MustSucceed().Out.Split('\n'));
    }

    [Fact]
    public async Task An_unknown_shell_is_refused()
    {
        var run = await RunAsync("completion", "tcsh");

        Assert.Equal(2, run.Code);
        Assert.StartsWith(
            "undercroft: The shell is 'tcsh'; expected bash, zsh, fish or pwsh.", run.Error, StringComparison.Ordinal);
    }
}
