using System.Text.Encodings.Web;

namespace Undercroft.Monitors.Tests.Execution;

/// <summary>No way to write a secret gets past.</summary>
public sealed class RedactorTests
{
    private const string Secret = """a/b "c" <ü>&'x'+50%#\e😀=""";

    public static TheoryData<string> Ways =>
    [
        Secret,
        Uri.EscapeDataString(Secret),
        UrlEncoder.Default.Encode(Secret),
        JavaScriptEncoder.Default.Encode(Secret),
        JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Secret),
        HtmlEncoder.Default.Encode(Secret),
        Secret.ToUpperInvariant(),

        // As PHP writes it, and JSON in JSON.
        JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Secret).Replace("/", "\\/", StringComparison.Ordinal),
        JavaScriptEncoder.Default.Encode(JavaScriptEncoder.Default.Encode(Secret)),
        JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Secret).Replace("/", "\\/", StringComparison.Ordinal)),
        Uri.EscapeDataString(Uri.EscapeDataString(Secret)),

        // As a URI shows itself: some of it escaped, some not.
        new Uri("https://a.example/" + Uri.EscapeDataString(Secret)).ToString(),
        Uri.EscapeDataString(Secret).Replace("%22", "\"", StringComparison.Ordinal),
        HtmlEncoder.Default.Encode(Uri.EscapeDataString(Secret)),
        Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Secret)),
    ];

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_secret_is_taken_out_however_it_is_written(string way)
    {
        var redactor = new Redactor();
        redactor.Add(Secret);
        var before = way.StartsWith("https://a.example/", StringComparison.Ordinal) ? "https://a.example/" : "";

        Assert.Equal($"[{before}•••]", redactor.Clean($"[{way}]"));
        Assert.Equal($"{before}••••••", redactor.Clean($"{way}{way[before.Length..]}"));
    }

    [Fact]
    public void A_secret_with_percent_signs_goes_from_a_text_that_has_escaped_them_or_not()
    {
        var redactor = new Redactor();
        redactor.Add("%25%2F");
        redactor.Add("p%q#r");

        Assert.Equal("••• ••• •••", redactor.Clean("%25%2F %2525%252F %252525%25252F"));
        Assert.Equal("https://h/•••?t=•••", redactor.Clean("https://h/p%25q#r?t=p%q%23r"));
    }

    [Fact]
    public void What_is_no_secret_stays()
    {
        var redactor = new Redactor();
        redactor.Add("tok/en");

        Assert.Equal(@"tok en \token tok/e %2F \/", redactor.Clean(@"tok en \token tok/e %2F \/"));
        Assert.Equal("\"a•••\"", redactor.Clean("\"atok\\u002fen\""));
    }
}
