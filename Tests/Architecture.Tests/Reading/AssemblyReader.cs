using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace LeitherCluster.Tests.Architecture.Reading;

/// <summary>
/// What an assembly says of itself, read from its file without loading it: its references, its types, and all that they use,
/// in signatures, attributes and instructions.
/// </summary>
internal sealed class AssemblyReader : IDisposable
{
    private readonly PEReader _file;
    private readonly MetadataReader _metadata;

    public AssemblyReader(string path)
    {
        _file = new PEReader(ImmutableArray.Create(File.ReadAllBytes(path)));
        _metadata = _file.GetMetadataReader();
    }

    /// <summary>Names of the assemblies that it refers to.</summary>
    public IEnumerable<string> References =>
        _metadata.AssemblyReferences.Select(handle => _metadata.GetString(_metadata.GetAssemblyReference(handle).Name));

    /// <summary>The types that other assemblies can see.</summary>
    public IEnumerable<TypeName> PublicTypes => _metadata.TypeDefinitions.Where(IsVisible).Select(handle => TypeNames.Of(_metadata, handle));

    /// <summary>Every use of a type or a member by a type of this assembly.</summary>
    public IEnumerable<Use> Uses => _metadata.TypeDefinitions
        .SelectMany(handle => UsesOf(_metadata.GetTypeDefinition(handle), TypeNames.Of(_metadata, handle)))
        .Distinct();

    public void Dispose() => _file.Dispose();

    private bool IsVisible(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        return (type.Attributes & TypeAttributes.VisibilityMask) switch
        {
            TypeAttributes.Public => true,
            TypeAttributes.NestedPublic => IsVisible(type.GetDeclaringType()),
            _ => false,
        };
    }

    private IEnumerable<Use> UsesOf(TypeDefinition type, TypeName user)
    {
        IEnumerable<(TypeName Type, string? Member)> used =
        [
            .. Types(type.BaseType),
            .. type.GetInterfaceImplementations().SelectMany(handle => Types(_metadata.GetInterfaceImplementation(handle).Interface)),
            .. type.GetFields().SelectMany(handle => Plain(_metadata.GetFieldDefinition(handle).DecodeSignature(TypeNames.Reader, null))),
            .. type.GetCustomAttributes().SelectMany(handle => Members(_metadata.GetCustomAttribute(handle).Constructor)),
            .. type.GetMethods().SelectMany(handle => UsedBy(_metadata.GetMethodDefinition(handle))),
        ];
        return used.Select(target => new Use(user, target.Type, target.Member));
    }

    private IEnumerable<(TypeName Type, string? Member)> UsedBy(MethodDefinition method)
    {
        foreach ((TypeName, string?) target in Signature(method.DecodeSignature(TypeNames.Reader, null)))
        {
            yield return target;
        }

        if (method.RelativeVirtualAddress == 0)
        {
            yield break;
        }

        MethodBodyBlock body = _file.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
        {
            foreach (TypeName local in _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(TypeNames.Reader, null).SelectMany(type => type))
            {
                yield return (local, null);
            }
        }

        foreach ((TypeName, string?) target in InstructionTokens.Of(body).SelectMany(Members))
        {
            yield return target;
        }
    }

    /// <summary>What a token in an instruction stands for.</summary>
    private IEnumerable<(TypeName Type, string? Member)> Members(EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.MemberReference:
                MemberReference member = _metadata.GetMemberReference((MemberReferenceHandle)handle);
                string name = _metadata.GetString(member.Name);
                IEnumerable<(TypeName, string?)> signature = member.GetKind() == MemberReferenceKind.Method
                    ? Signature(member.DecodeMethodSignature(TypeNames.Reader, null))
                    : Plain(member.DecodeFieldSignature(TypeNames.Reader, null));
                return Types(member.Parent).Select((parent, index) => index == 0 ? (parent.Type, name) : parent).Concat(signature);
            case HandleKind.MethodSpecification:
                MethodSpecification method = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                return [.. Members(method.Method), .. method.DecodeSignature(TypeNames.Reader, null).SelectMany(Plain)];
            case HandleKind.MethodDefinition:
                MethodDefinition own = _metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                return [(TypeNames.Of(_metadata, own.GetDeclaringType()), _metadata.GetString(own.Name))];
            case HandleKind.FieldDefinition:
                FieldDefinition field = _metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
                return [(TypeNames.Of(_metadata, field.GetDeclaringType()), _metadata.GetString(field.Name))];
            case HandleKind.StandaloneSignature:
                return Signature(_metadata.GetStandaloneSignature((StandaloneSignatureHandle)handle).DecodeMethodSignature(TypeNames.Reader, null));
            default:
                return Types(handle);
        }
    }

    private IEnumerable<(TypeName Type, string? Member)> Types(EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeDefinition when !handle.IsNil => Plain(TypeNames.Reader.GetTypeFromDefinition(_metadata, (TypeDefinitionHandle)handle, 0)),
        HandleKind.TypeReference when !handle.IsNil => Plain(TypeNames.Reader.GetTypeFromReference(_metadata, (TypeReferenceHandle)handle, 0)),
        HandleKind.TypeSpecification => Plain(TypeNames.Reader.GetTypeFromSpecification(_metadata, null, (TypeSpecificationHandle)handle, 0)),
        _ => [],
    };

    private static IEnumerable<(TypeName Type, string? Member)> Signature(MethodSignature<ImmutableArray<TypeName>> signature) =>
        Plain([.. signature.ReturnType, .. signature.ParameterTypes.SelectMany(type => type)]);

    private static IEnumerable<(TypeName Type, string? Member)> Plain(ImmutableArray<TypeName> types) =>
        types.Select(type => (type, (string?)null));
}
