using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Undercroft.Stories;

/// <summary>The codec of contents. They are written once, to see whether they fit into one document, and then taken as
/// they are.</summary>
internal sealed class StoryContentsCodec : DocumentCodec<StoryContents>
{
    private readonly DocumentCodec<StoryContents> json =
        new CollectionDefinition<StoryContents>("story-contents", StoryJsonForm.Context.StoryContents).Codec;

    public override JsonTypeInfo<StoryContents> TypeInfo => StoryJsonForm.Context.StoryContents;

    public override ReadOnlyMemory<byte> Encode(StoryContents value) =>
        value.Written.IsEmpty ? JsonSerializer.SerializeToUtf8Bytes(value, TypeInfo) : value.Written;

    public override StoryContents Decode(RecordKey key, ReadOnlyMemory<byte> bytes)
    {
        var contents = json.Decode(key, bytes);
        return contents with { Story = Frozen.Of(contents.Story) };
    }
}
