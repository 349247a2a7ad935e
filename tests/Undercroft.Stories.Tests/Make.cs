using System.Text;

namespace Undercroft.Stories.Tests;

/// <summary>Short ways to make and show what the tests are about.</summary>
internal static class Make
{
    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(StoryWriteResult result) => Encoding.UTF8.GetString(result.Bytes.Span);

    public static Story Twee(string text) => Assert.Single(TweeReader.Read(Bytes(text), "test.twee").Stories);

    public static Story Html(string text) => Assert.Single(TwineHtmlReader.Read(Bytes(text), "test.html").Stories);

    public static Story Story(params Passage[] passages) => new() { Id = "story", Name = "Story", Passages = passages };

    public static Passage Passage(string name, string body = "") =>
        new() { Id = "id-" + name, Name = name, Body = body };

    public static IEnumerable<string> Codes(ConversionReport report) => report.Entries.Select(entry => entry.Code);

    /// <summary>Everything the report says, for the message of a failed test.</summary>
    public static string Show(ConversionReport report) =>
        string.Join(
            '\n', report.Entries.Select(entry => $"{entry.Code} {entry.Pointer} [{entry.Before}] → [{entry.After}]"));
}
