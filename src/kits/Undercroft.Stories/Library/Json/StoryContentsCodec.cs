using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Undercroft.Stories;

/// <summary>The codec of contents. They are written once, to see whether they fit into one document, and then taken as
/// they are; their passages are read by <see cref="PassageText"/>.</summary>
internal sealed class StoryContentsCodec : DocumentCodec<StoryContents>
{
    private readonly DocumentCodec<StoryContents> json =
        new CollectionDefinition<StoryContents>("story-contents", StoryJsonForm.Context.StoryContents).Codec;

    public override JsonTypeInfo<StoryContents> TypeInfo => StoryJsonForm.Context.StoryContents;

    public override ReadOnlyMemory<byte> Encode(StoryContents value) =>
        value.Written.IsEmpty ? JsonSerializer.SerializeToUtf8Bytes(value, TypeInfo) : value.Written;

    public override StoryContents Decode(RecordKey key, ReadOnlyMemory<byte> bytes)
    {
        var contents = TryRead(bytes) ?? json.Decode(key, bytes);
        if (contents.Story is null || (contents.Passages?.Contains(null!) ?? false))
        {
            throw new StoreException(
                StoreErrorKind.Malformed,
                $"The document {Names.Show(key.ToString())} has no story, or null for a passage. Mend it, or restore a "
                + "backup.");
        }

        var story = Frozen.Of(contents.Story, contents.Passages ?? contents.Story.Passages);
        return new StoryContents(story, null, contents.Parts);
    }

    // Reads what Encode writes for a story that is one document; null for anything else, which is then read, or refused
    // with its fault, in the general way.
    private static StoryContents? TryRead(ReadOnlyMemory<byte> json)
    {
        // Bodies stay in the document until somebody reads them, if it is one that can be kept and holds only sound
        // text.
        var stays = MemoryMarshal.TryGetArray(json, out var document) && Utf8.IsValid(json.Span);
        var buffer = ArrayPool<char>.Shared.Rent(json.Length);
        var text = new PassageText(json.Span, buffer, stays ? document : (ArraySegment<byte>?)null);
        try
        {
            if (!text.Take("{\"story\":"u8))
            {
                return null;
            }

            // A story with more to say of itself is taken in the general way.
            var before = text;
            if (StoryHead.Take(ref text) is not { } story)
            {
                text = before;
                story = text.Take(StoryJsonForm.Context.Story);
            }

            return story is not null && text.Take(",\"passages\":"u8) && text.TakePassages() is { } passages
                && text.Take("}"u8) && text.IsAtEnd
                    ? new StoryContents(story, passages, null)
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }
}
