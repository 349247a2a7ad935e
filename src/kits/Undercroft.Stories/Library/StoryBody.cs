using System.Security.Cryptography;
using System.Text.Json;

namespace Undercroft.Stories;

/// <summary>A story in the form it is kept in: what is read back is what is in here, whatever a caller does to the
/// lists it was made of.</summary>
/// <param name="Story">The story, frozen.</param>
/// <param name="Contents">It as one document; null where it is too large for one and its passages are parts.</param>
/// <param name="Page">The page around it; null where there is none.</param>
/// <param name="PageBytes">The bytes of the page as JSON.</param>
internal sealed record StoryBody(Story Story, StoryContents? Contents, StoryPage? Page, int PageBytes)
{
    /// <summary>The most bytes of a story that is one document.</summary>
    public const int InlineBytesMax = 64 * 1024;

    /// <summary>A mark of <see cref="Page"/>, to tell whether another is the same.</summary>
    public string? PageHash { get; private init; }

    public static StoryBody Of(Story story)
    {
        var frozen = Frozen.Of(story);
        var page = StoryPage.Of(frozen);
        var body = page is null ? frozen : WithoutPage(frozen);
        var written = MayBeInline(body) ? Write(body) : [];
        if (written.Length > 0 ? HasReplacement(written) : Surrogates.IsIn(body))
        {
            // Half of a surrogate pair cannot be kept: what is read back is what was written, so that is the story.
            var whole = written.Length > 0 ? written : Write(body);
            body = LibraryCollections.Contents.Codec.Decode(LibraryCollections.KeyOf(story.Id), whole).Story;
            frozen = page is null ? body : body with { Origin = frozen.Origin };
        }

        var fits = written.Length is > 0 and <= InlineBytesMax;
        var pageBytes = page is null ? [] : JsonSerializer.SerializeToUtf8Bytes(page, StoryJsonForm.Context.StoryPage);
        return new StoryBody(
            frozen, fits ? new StoryContents(body, null, null) { Written = written } : null, page, pageBytes.Length)
        {
            PageHash = page is null ? null : Convert.ToHexStringLower(SHA256.HashData(pageBytes)),
        };
    }

    /// <summary>The story as the list of its parts holds it: without passages and page.</summary>
    public static Story WithoutParts(Story story) => WithoutPage(story) with { Passages = Frozen.List<Passage>([]) };

    private static Story WithoutPage(Story story) => story.Origin is null
        ? story
        : story with { Origin = story.Origin with { Before = "", After = "" } };

    private static byte[] Write(Story body) => JsonSerializer.SerializeToUtf8Bytes(
        new StoryContents(WithoutParts(body), body.Passages, null), StoryJsonForm.Context.StoryContents);

    // A character takes at least a byte.
    private static bool MayBeInline(Story story)
    {
        var characters = 0L;
        foreach (var passage in story.Passages)
        {
            characters += passage.Body.Length;
        }

        return characters <= InlineBytesMax;
    }

    private static bool HasReplacement(ReadOnlySpan<byte> json) =>
        json.IndexOf("\uFFFD"u8) >= 0 || json.IndexOf("\\uFFFD"u8) >= 0;
}
